using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorMemory.Journal;

/// <summary>Writes files into a zip one after the other, and notes size and hash of each. All writing is asynchronous, as a web server wants it.</summary>
internal sealed class BundleFiles(ZipArchive zip)
{
    // Fixed, so that the same bundle has the same bytes.
    private static readonly DateTimeOffset s_noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Name, size and SHA-256 of the files so far.</summary>
    public List<(string Name, long Bytes, string Sha256)> Written { get; } = [];

    public async Task AddAsync(string name, Func<BundleFile, Task> write)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = s_noTime;
        await using var stream = await entry.OpenAsync();
        using var file = new BundleFile(stream);
        await write(file);
        await file.FlushAsync();
        Written.Add((name, file.Bytes, file.Sha256()));
    }
}

/// <summary>A file that is being written into a bundle.</summary>
internal sealed class BundleFile(Stream stream) : IDisposable
{
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes * 2);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Utf8JsonWriter? _json;

    public long Bytes { get; private set; }

    public async Task WriteLineAsync(Action<Utf8JsonWriter> write)
    {
        var json = _json ??= new Utf8JsonWriter(_buffer, s_options);
        write(json);
        json.Flush();
        json.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushBytes)
            await FlushAsync();
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        _buffer.Write(bytes.Span);
        await FlushAsync();
    }

    public async Task FlushAsync()
    {
        _hash.AppendData(_buffer.WrittenSpan);
        Bytes += _buffer.WrittenCount;
        await stream.WriteAsync(_buffer.WrittenMemory);
        _buffer.ResetWrittenCount();
    }

    public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        _json?.Dispose();
        _hash.Dispose();
    }
}
