using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>The key file cannot be used as it is; the message says what to do.</summary>
public sealed class CheckpointKeyException(string message, Exception? innerException = null) : IOException(message, innerException);

/// <summary>
/// The key that signs checkpoints: ECDSA over P-256 with SHA-256, signatures in DER, in a PEM file that only its owner may read. Whoever
/// has it can sign another past, so it is best kept where the administrator of the journal's disk cannot read it. Safe to call from
/// several threads.
/// </summary>
public sealed class CheckpointKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfOthers = ~(OwnerOnly | UnixFileMode.UserExecute);

    private readonly Lock _gate = new();
    private readonly ECDsa _key;
    private readonly uint _id;

    private CheckpointKey(ECDsa key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfoPem() + "\n";
        _id = CheckpointPublicKeys.IdOf(key);
    }

    /// <summary>The public key as PEM.</summary>
    public string PublicKey { get; }

    /// <summary>Where the public key of a key file is written: <c>x.pem</c> has <c>x.pub.pem</c> beside it.</summary>
    public static string PublicPathOf(string path) => Path.ChangeExtension(path, ".pub.pem");

    /// <summary>Reads the key from a file; makes key and file when there is none. The public key is written beside it.</summary>
    /// <exception cref="CheckpointKeyException">
    /// Others may read the file, it holds no P-256 key, it cannot be read or written, or the public key beside it is another's.
    /// </exception>
    public static CheckpointKey ReadOrCreate(string path)
    {
        try
        {
            if (!File.Exists(path))
                Create(path);
            var key = Read(path);
            PublishBeside(path, key);
            return key;
        }
        catch (Exception e) when (e is (IOException and not CheckpointKeyException) or UnauthorizedAccessException)
        {
            throw new CheckpointKeyException(
                $"The key that signs checkpoints, {path}, cannot be read or made: {e.Message} Give the process the right, or name another file in audit.key.", e);
        }
    }

    /// <summary>Signs a checkpoint.</summary>
    public SignedNote Sign(Checkpoint checkpoint)
    {
        var text = checkpoint.ToText();
        lock (_gate)
        {
            var signature = _key.SignData(System.Text.Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            return new SignedNote(text, [new NoteSignature(checkpoint.Origin, _id, signature)]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static CheckpointKey Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) is not UnixFileMode.None and var mode)
        {
            throw new CheckpointKeyException(
                $"The key that signs checkpoints, {path}, may be used by others ({mode}): whoever reads it can sign another past. "
                + $"If nobody has: chmod 600 '{path}'. If somebody may have: name a new file in audit.key, and keep the old public key for older checkpoints.");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            CheckpointPublicKeys.CheckCurve(key, path);
            return new CheckpointKey(key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CheckpointKeyException(
                $"{path} does not hold a P-256 private key in PEM: {e.Message} Make one with: openssl ecparam -name prime256v1 -genkey -noout -out '{path}'", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    // Written whole under another name first: a crash must not leave half a key, which every later start would refuse.
    private static void Create(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
    }

    private static void PublishBeside(string path, CheckpointKey key)
    {
        var publicPath = PublicPathOf(path);
        if (!File.Exists(publicPath))
            File.WriteAllText(publicPath, key.PublicKey);
        else if (!CheckpointPublicKeys.Read(publicPath).Has(key._id))
            throw new CheckpointKeyException($"{publicPath} is not the public key of {path}. Put the right one there, or remove it to have it written again.");
    }
}
