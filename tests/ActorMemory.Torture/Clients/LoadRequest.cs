using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ActorMemory.Torture.Clients;

/// <summary>How records are sent.</summary>
internal enum RequestForm
{
    Single,
    Batch,
    Stream,
}

/// <summary>One body of records, the same at each attempt.</summary>
internal sealed class LoadRequest
{
    private const int FewestStreamed = 20;
    private const int MostStreamed = 200;
    private const int MostBatched = 30;
    private const double ShareOfBad = 0.1;

    private readonly List<string> _lines = [];

    public required RequestForm Form { get; init; }

    public List<SentRecord> Records { get; } = [];

    /// <summary>Ids of records that have to be refused.</summary>
    public List<string> Bad { get; } = [];

    /// <summary>The next body of a client, with the next numbers of its keys.</summary>
    public static LoadRequest Next(int client, IReadOnlyList<int> keys, long[] numbers, ref long bad, Random random)
    {
        var form = (RequestForm)random.Next(3);
        var request = new LoadRequest { Form = form };
        var count = form switch
        {
            RequestForm.Single => 1,
            RequestForm.Batch => random.Next(2, MostBatched),
            _ => random.Next(FewestStreamed, MostStreamed),
        };
        var badAt = random.NextDouble() < ShareOfBad ? random.Next(count) : -1;
        var json = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            json.Clear();
            if (i == badAt)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{Workload.BadPrefix}c{client}-{bad++}");
                Workload.WriteBad(json, id, random.Next(3));
                request.Bad.Add(id);
            }
            else
            {
                var key = keys[random.Next(keys.Count)];
                var record = new SentRecord(client, key, numbers[key]++);
                record.Write(json);
                request.Records.Add(record);
            }

            request._lines.Add(json.ToString());
        }

        return request;
    }

    public HttpContent ToContent() => Form switch
    {
        RequestForm.Single => new StringContent(_lines[0], new MediaTypeHeaderValue("application/json")),
        RequestForm.Batch => new StringContent($"[{string.Join(',', _lines)}]", new MediaTypeHeaderValue("application/json")),
        _ => new LineContent(_lines),
    };

    /// <summary>NDJSON of unknown length, line by line.</summary>
    private sealed class LineContent : HttpContent
    {
        private readonly IReadOnlyList<string> _lines;

        public LineContent(IReadOnlyList<string> lines)
        {
            _lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < _lines.Count; i++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(_lines[i] + "\n"));
                if (i % 16 == 15)
                    await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
