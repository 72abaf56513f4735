using System.Globalization;
using System.Text;
using ActorMemory.Node.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorMemory.Node.Tests.Fuzz;

/// <summary>Makes requests for all addresses of a node: right ones, and ones that are wrong in every part.</summary>
internal sealed class HostileRequests(Random random, IReadOnlyList<RouteEndpoint> endpoints)
{
    private const string Records = "/v1/performance/records";

    private static readonly string[] s_headers =
    [
        "Content-Type: text/html", "Content-Type: application/json; charset=utf-16", "Content-Type: ;", "Content-Encoding: gzip", "Expect: 100-continue", "Expect: nothing", "Host: evil.com", "Host: ",
        "Host: [::1", "Host: a b", "Origin: https://evil.com", "Origin: null", "Origin: \u00ff", "Authorization: Bearer am_000000000000_x", "Authorization: Basic Og==", "Cookie: a=b", "Accept: */*;q=9",
        "Transfer-Encoding: gzip", "X-Forwarded-For: 1.2.3.4", "X-\u0001: 1", "Range: bytes=0-", "If-None-Match: *", "Upgrade: h2c", "Connection: Upgrade", "TE: trailers", "Content-Length: 5",
    ];

    private readonly HostileText _text = new(random);

    /// <summary>The next request, and whether it may leave the node waiting for more.</summary>
    public (byte[] Bytes, bool IsBroken) Next()
    {
        var bytes = random.Next(10) switch
        {
            < 4 => Post(Records + (random.Next(5) == 0 ? "?source=" + _text.Encoded(random.Next(2) == 0 ? new string('a', 32) : _text.Name()) + "&first_line=" + Number() : ""), RecordsBody()),
            < 8 => ToAny(),
            _ => null,
        };
        return bytes is not null ? (bytes, false) : (_text.Mutate(random.Next(2) == 0 ? Post(Records, RecordsBody()) : ToAny()), true);
    }

    private byte[] ToAny()
    {
        var endpoint = endpoints[random.Next(endpoints.Count)];
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
        var path = string.Join('/', (endpoint.RoutePattern.RawText ?? "/").Split('/').Select(part => part.Contains('{', StringComparison.Ordinal) ? PathPart(part) : part));
        var operation = endpoint.Metadata.GetMetadata<Operation>();
        var query = string.Join('&', (operation?.Parameters ?? []).Where(_ => random.Next(3) > 0).Select(parameter => $"{parameter.Name}={Value(parameter)}"));
        if (random.Next(20) == 0)
            query += $"&{_text.Encoded(_text.Name())}={_text.Encoded(_text.Name())}";
        var target = query.Length > 0 ? $"{path}?{query}" : path;
        return method == "GET" ? Request("GET", target, null) : Request(random.Next(10) == 0 ? "DELETE" : method, target, SmallBody());
    }

    private string PathPart(string part) => part.Contains("source", StringComparison.Ordinal) && random.Next(2) == 0
        ? random.NextInt64().ToString("x32", CultureInfo.InvariantCulture)
        : part.Contains("documentName", StringComparison.Ordinal) ? "v1.json" : _text.Encoded(_text.Name());

    private string Value(QueryParameter parameter) => random.Next(4) switch
    {
        0 => _text.Encoded(_text.Name()),
        1 => _text.Encoded(_text.Literal()),
        _ => parameter.IsNumber ? Number() : parameter.Choices is { } choices ? choices[random.Next(choices.Count)] : "s",
    };

    private string Number() => random.Next(4) switch
    {
        0 => _text.Encoded(_text.Literal()),
        1 => long.MaxValue.ToString(CultureInfo.InvariantCulture),
        2 => (-random.Next(5)).ToString(CultureInfo.InvariantCulture),
        _ => random.Next(1, 100).ToString(CultureInfo.InvariantCulture),
    };

    private byte[] RecordsBody()
    {
        var text = random.Next(8) switch
        {
            0 => "[" + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => _text.Record())) + "]",
            1 => _text.Nested(),
            2 => _text.Literal(),
            _ => string.Join('\n', Enumerable.Range(0, random.Next(1, 6)).Select(_ => _text.Record())),
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(3) == 0 ? _text.Mutate(bytes) : bytes;
    }

    private byte[] SmallBody()
    {
        string[] names = ["max_records_per_key", "strategy", "prefix", "regime", "horizon", "source", "file_name", "bytes", "lines", "accepted", "duplicates", "rejected", "complete", "key", "reason", "name"];
        var members = Enumerable.Range(0, random.Next(12)).Select(_ => $"\"{names[random.Next(names.Length)]}\":{(random.Next(2) == 0 ? _text.Literal() : random.Next(1000).ToString(CultureInfo.InvariantCulture))}");
        var bytes = Encoding.UTF8.GetBytes(random.Next(20) == 0 ? _text.Nested() : "{" + string.Join(',', members) + "}");
        return random.Next(3) == 0 ? _text.Mutate(bytes) : bytes;
    }

    private byte[] Post(string target, byte[] body) => Request("POST", target, body);

    private byte[] Request(string method, string target, byte[]? body)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        var hostile = random.Next(12) == 0 ? s_headers[random.Next(s_headers.Length)] : "";
        if (!hostile.StartsWith("Host", StringComparison.Ordinal))
            head.Append("Host: localhost\r\n");
        if (body is not null && !hostile.StartsWith("Content-Type", StringComparison.Ordinal))
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {(random.Next(2) == 0 ? "application/json" : "application/x-ndjson")}\r\n");
        var isFramedTwice = hostile.StartsWith("Content-Length", StringComparison.Ordinal) || hostile.StartsWith("Transfer", StringComparison.Ordinal);
        if (hostile.Length > 0 && !isFramedTwice)
            head.Append(hostile).Append("\r\n");
        if (body is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body ?? []];
    }
}
