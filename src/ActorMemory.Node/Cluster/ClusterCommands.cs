using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Cluster;

/// <summary>The command <c>cluster</c>: asks a running node about the cluster that it is in.</summary>
internal sealed class ClusterCommands(CommandIo io, NodeOptions options)
{
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many, the oldest first.", HelpName = "N" };

    public Command Create()
    {
        var command = Create(
            new Command(
                "cluster",
                "The nodes of a cluster as the node at --url knows them: the shards that each owns, the commands that wait in front of them, the shards that it "
                + "handed over in order, and those that it lost. A node of a cluster is started with 'serve --config config/cluster.conf'."),
            StatusAsync);
        command.Subcommands.Add(Create(
            new Command(
                "parked",
                "Messages that were put aside because they could not be handled: not readable, refused, or delivered too often. They stay until they are replayed.")
            {
                _limit,
            },
            ParkedAsync));
        command.Subcommands.Add(Create(
            new Command(
                "replay-parked",
                "Give parked messages back to the queues that they came from, once what was wrong is repaired. What cannot be handled still is parked again.")
            {
                _limit,
            },
            ReplayAsync));
        return command;
    }

    private Command Create(Command command, Func<ParseResult, NodeConnection, CancellationToken, Task> run)
    {
        command.Options.Add(options.Json);
        command.Options.Add(options.Url);
        command.Options.Add(options.ApiKeyFile);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var node = NodeSession.Connect(options, line);
            await run(line, node.Connection, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private async Task StatusAsync(ParseResult line, NodeConnection node, CancellationToken cancellationToken)
    {
        var status = ClusterStatus.Read(await node.GetAsync("/v1/cluster", cancellationToken));
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json => ClusterStatus.Write(json, status));
            return;
        }

        if (status is null)
        {
            await io.Output.WriteLineAsync("This node is alone: it has its journal for itself (cluster.transport = none).");
            return;
        }

        io.OutputConsole().Write(Tables.Rows(
            ["node", "version", "shards", "waiting", "handed over", "lost", "state"],
            status.Nodes.Select(known => new[]
            {
                known.Node, Tables.Number(known.Version), Tables.Number(known.Shards.Count), Tables.Number(known.Waiting), Tables.Number(known.HandedOver),
                Tables.Number(known.Lost), known.IsLeaving ? "wants no shards" : known.Node == status.Node ? "asked" : "heard of",
            })));
        var orphans = status.ShardsWithoutOwner;
        await io.Output.WriteLineAsync(
            $"{Tables.Number(status.ShardCount)} shards, {(orphans.Count == 0 ? "each with an owner" : $"{Tables.Number(orphans.Count)} of them without a known owner")}. "
            + (status.IsBrokerReached
                ? $"{status.Node} reaches the broker."
                : $"{status.Node} does NOT reach the broker: what it knows of the others is from before."));
    }

    private async Task ParkedAsync(ParseResult line, NodeConnection node, CancellationToken cancellationToken)
    {
        var limit = LimitOf(line) is { } given ? string.Create(CultureInfo.InvariantCulture, $"?limit={given}") : "";
        var answer = ParkedAnswer.Read(await node.GetAsync("/v1/cluster/parked" + limit, cancellationToken));
        if (line.GetValue(options.Json))
        {
            io.WriteJson(answer.Write);
            return;
        }

        io.OutputConsole().Write(Tables.Rows(
            ["parked", "shard", "node", "size", "reason"],
            answer.Messages.Select(static message => new[]
            {
                message.ParkedAt is { } at ? ParkedAnswer.TextOf(at) : "-", message.Shard is { } shard ? Tables.Number(shard) : "-", message.Node ?? "-",
                Tables.Size(message.Bytes), message.Reason,
            })));
        await io.Output.WriteLineAsync($"{Tables.Number(answer.Count)} messages are parked.");
    }

    private async Task ReplayAsync(ParseResult line, NodeConnection node, CancellationToken cancellationToken)
    {
        using var body = LimitOf(line) is { } limit
            ? new StringContent(string.Create(CultureInfo.InvariantCulture, $"{{\"limit\":{limit}}}"), new MediaTypeHeaderValue(Answer.Json))
            : null;
        var answer = ReplayAnswer.Read(await node.AskAsync(HttpMethod.Post, "/v1/cluster/parked/replay", body, cancellationToken));
        if (line.GetValue(options.Json))
            io.WriteJson(answer.Write);
        else
            await io.Output.WriteLineAsync($"{Tables.Number(answer.Replayed)} messages are in their queues again; {Tables.Number(answer.Left)} are parked still.");
    }

    private int? LimitOf(ParseResult line) => line.GetValue(_limit) switch
    {
        < 1 => throw new UsageException("--limit: it must be at least 1."),
        var limit => limit,
    };
}
