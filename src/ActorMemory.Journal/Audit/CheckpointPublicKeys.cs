using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>What a signature under a checkpoint is worth.</summary>
public enum SignatureStanding
{
    /// <summary>A known key signed this text.</summary>
    Valid,

    /// <summary>A known key is named, and did not sign this text.</summary>
    Forged,

    /// <summary>None of the keys that are named is known.</summary>
    UnknownKey,
}

/// <summary>The public keys whose signatures count; several after a key was replaced.</summary>
public sealed class CheckpointPublicKeys : IDisposable
{
    private readonly List<(uint Id, ECDsa Key)> _keys = [];

    /// <summary>Reads a PEM file with one or more public keys.</summary>
    /// <exception cref="CheckpointKeyException">It cannot be read, or holds something else.</exception>
    public static CheckpointPublicKeys Read(params IEnumerable<string> paths)
    {
        var keys = new CheckpointPublicKeys();
        try
        {
            foreach (var path in paths)
                keys.Add(path);
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>The public key of a key.</summary>
    public static CheckpointPublicKeys Of(CheckpointKey key)
    {
        var keys = new CheckpointPublicKeys();
        var known = ECDsa.Create();
        known.ImportFromPem(key.PublicKey);
        keys._keys.Add((IdOf(known), known));
        return keys;
    }

    /// <summary>The keys as PEM.</summary>
    public string ToPem() => string.Concat(_keys.Select(static key => key.Key.ExportSubjectPublicKeyInfoPem() + "\n"));

    /// <summary>What the signatures of a note are worth.</summary>
    public SignatureStanding Check(SignedNote note, string keyName)
    {
        var standing = SignatureStanding.UnknownKey;
        var text = System.Text.Encoding.UTF8.GetBytes(note.Text);
        foreach (var signature in note.Signatures)
        {
            foreach (var (id, key) in _keys)
            {
                if (id != signature.KeyId || signature.KeyName != keyName)
                    continue;
                if (!key.VerifyData(text, signature.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                    return SignatureStanding.Forged;
                standing = SignatureStanding.Valid;
            }
        }

        return standing;
    }

    /// <inheritdoc/>
    public void Dispose() => _keys.ForEach(static key => key.Key.Dispose());

    internal bool Has(uint id) => _keys.Exists(key => key.Id == id);

    /// <summary>The first four bytes of the SHA-256 of the key as DER (SPKI), as C2SP signed-note says for ECDSA.</summary>
    internal static uint IdOf(ECDsa key) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    internal static void CheckCurve(ECDsa key, string path)
    {
        if (key.KeySize != 256 || key.ExportParameters(false).Curve.Oid.FriendlyName is not ("nistP256" or "ECDSA_P256"))
            throw new CheckpointKeyException($"{path} holds a key of another curve than P-256.");
    }

    private void Add(string path)
    {
        try
        {
            var pem = File.ReadAllText(path).AsSpan();
            var found = _keys.Count;
            while (PemEncoding.TryFind(pem, out var fields))
            {
                if (!pem[fields.Label].SequenceEqual("PUBLIC KEY"))
                    throw new CheckpointKeyException($"{path} holds a {pem[fields.Label]}, not a public key; the public key of x.pem is x.pub.pem.");
                var key = ECDsa.Create();
                _keys.Add((0, key));
                key.ImportFromPem(pem[fields.Location]);
                CheckCurve(key, path);
                _keys[^1] = (IdOf(key), key);
                pem = pem[fields.Location.End..];
            }

            if (_keys.Count == found)
                throw new CheckpointKeyException($"{path} holds no public key in PEM.");
        }
        catch (Exception e) when (e is (IOException and not CheckpointKeyException) or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new CheckpointKeyException($"The public key {path} cannot be read: {e.Message}", e);
        }
    }
}
