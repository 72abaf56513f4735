using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What portfolios are told: decisions, outcomes, snapshots, vectors. Each is answered when it is durable.</summary>
internal sealed class PortfolioRecording(ActorMemoryNode node, HttpLimits limits)
{
    private const string Root = "/v1/portfolio/{portfolio}/";

    private IPortfolioMemory Memory => node.Portfolio;

    public void Map(IEndpointRouteBuilder routes)
    {
        Post(routes, "decisions", "Remembers a decision and what every provider said.", PortfolioShapes.Decision, PortfolioShapes.DecisionReceipt, DecisionAsync);
        Post(
            routes, "outcomes", "Remembers how trades ended, scores the providers, and moves their weights.", PortfolioShapes.Exit,
            PortfolioShapes.OutcomeReceipt, OutcomesAsync, Answer.NdJson);
        Post(routes, "snapshots", "Takes a snapshot and keeps it.", PortfolioShapes.SnapshotQuestion, PortfolioShapes.StoredSnapshot, SnapshotAsync);
        Post(routes, "vectors", "Remembers a text or a vector; outcomes are remembered by themselves.", PortfolioShapes.Vector, PortfolioShapes.Added, VectorAsync);
    }

    private static void Post(
        IEndpointRouteBuilder routes, string what, string summary, Shape body, Shape answer, Func<HttpContext, PortfolioName, Task> take, params string[] moreTypes) =>
        routes.MapPost(Root + what, Task (HttpContext context, CancellationToken cancellationToken) =>
        {
            _ = new Query(context, []);
            return take(context, PortfolioQuestion.NameOf(context));
        }).Describe(new Operation($"add_portfolio_{what}", summary, answer)
        {
            Access = Access.Append,
            Body = body,
            BodyTypes = [Answer.Json, .. moreTypes],
            PathNames = ["portfolio"],
        });

    private async Task DecisionAsync(HttpContext context, PortfolioName portfolio)
    {
        var (decision, ignored) = await PortfolioBody.ReadLenientAsync<TradingDecision>(context, limits, "");
        var receipt = await Memory.RecordDecisionAsync(portfolio, decision, context.RequestAborted);
        await Answer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("portfolio", portfolio.ToString());
            json.WriteNumber("number", receipt.Number);
            json.WriteBoolean("is_new", receipt.IsNew);
            json.WriteStartArray("ignored");
            foreach (var field in ignored)
                json.WriteStringValue(field);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task OutcomesAsync(HttpContext context, PortfolioName portfolio)
    {
        var isLines = RecordsEndpoint.IsLines(context.Request);
        using var window = new ByteWindow(context.Request.Body, limits.MaxPortfolioBody);
        IRecordSource source = isLines
            ? new LineReader(window, limits.MaxPortfolioBody / 2)
            : new JsonElementReader(window, limits.MaxPortfolioBody / 2);
        if (!isLines && await FirstAsync(source, context.RequestAborted) is { } first)
        {
            if (source is JsonElementReader { IsArray: false })
            {
                await FinishAsync(source, context.RequestAborted);
                await WriteOneAsync(context, portfolio, first);
                return;
            }

            source = new FirstAgain(first, source);
        }

        var report = await new OutcomeIntake(Memory, portfolio, source).RunAsync(context.RequestAborted);
        await IntakeAnswer.Of(report, source).WriteAsync(context);
    }

    private async Task WriteOneAsync(HttpContext context, PortfolioName portfolio, RecordText text)
    {
        try
        {
            if (text.IsTooLong)
                throw new BadRequestException(StatusCodes.Status413PayloadTooLarge, $"the body has more than {limits.MaxPortfolioBody / 2} bytes.");

            var receipt = await OutcomeText.RecordAsync(Memory, portfolio, PortfolioJson.Parse(text.Text), context.RequestAborted);
            await Answer.WriteAsync(context, json => PortfolioAnswers.Write(json, portfolio, null, receipt));
        }
        catch (JsonException e)
        {
            throw PortfolioBody.Bad(e);
        }
    }

    private async Task SnapshotAsync(HttpContext context, PortfolioName portfolio)
    {
        var body = await PortfolioBody.ReadAsync<SnapshotBody>(context, limits);
        if (body is { Snapshot: not null, WindowDays: not null })
            throw new BadRequestException("window_days: a snapshot is given too, which says its own; give one.");

        var stored = body.Snapshot is { } snapshot
            ? await Memory.KeepSnapshotAsync(portfolio, snapshot, context.RequestAborted)
            : await Memory.TakeSnapshotAsync(portfolio, body.WindowDays, context.RequestAborted);
        await Answer.WriteAsync(context, json => PortfolioAnswers.Write(json, portfolio, null, stored));
    }

    private async Task VectorAsync(HttpContext context, PortfolioName portfolio)
    {
        var body = await PortfolioBody.ReadAsync<VectorBody>(context, limits);
        await Memory.AddVectorAsync(portfolio, body.ToRecord(), PortfolioText.EmbeddingOf(body.Model, body.Embedding), context.RequestAborted);
        await Answer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("portfolio", portfolio.ToString());
            json.WriteString("id", body.Id);
            json.WriteEndObject();
        });
    }

    private static async Task<RecordText?> FirstAsync(IRecordSource source, CancellationToken cancellationToken)
    {
        do
        {
            if (source.TryNext(out var text))
                return text with { Text = text.Text.ToArray() };
        }
        while (await source.FillAsync(cancellationToken));
        return null;
    }

    // What stands behind the only element is told before anything is recorded.
    private static async Task FinishAsync(IRecordSource source, CancellationToken cancellationToken)
    {
        do
        {
            source.TryNext(out _);
        }
        while (await source.FillAsync(cancellationToken));
    }

    /// <summary>A source whose first text was looked at already.</summary>
    private sealed class FirstAgain(RecordText first, IRecordSource rest) : IRecordSource
    {
        private RecordText? _first = first;

        public bool TryNext(out RecordText text)
        {
            if (_first is not { } waiting)
                return rest.TryNext(out text);

            (text, _first) = (waiting, null);
            return true;
        }

        public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => rest.FillAsync(cancellationToken);
    }
}
