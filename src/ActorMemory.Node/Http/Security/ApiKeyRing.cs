using System.Security.Claims;
using System.Security.Cryptography;

namespace ActorMemory.Node.Http.Security;

/// <summary>The keys that a node takes now. The file is read again when it changes, so that a revoked key is refused at once.</summary>
internal sealed partial class ApiKeyRing(ApiKeyFile file, TimeProvider time, ILogger<ApiKeyRing> logger)
{
    /// <summary>The claim that holds the id of the key.</summary>
    public const string KeyIdClaim = "key_id";

    // A file that was written a moment ago may be written again within the same tick of its clock.
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(2);
    private static readonly byte[] s_nobody = new byte[32];

    private readonly Lock _loading = new();
    private IReadOnlyDictionary<string, ApiKeyOwner>? _known;
    private volatile Loaded? _loaded;

    /// <summary>A key came (true) or went (false) since the keys were read for the first time.</summary>
    public event Action<ApiKey, bool>? Changed;

    /// <summary>Who shows this key; null if no such key is taken.</summary>
    /// <exception cref="ApiKeyFileException">The keys cannot be read; none is taken until they can.</exception>
    public ApiKeyOwner? Find(string? text)
    {
        var keys = Current();
        if (!ApiKeyText.TryParse(text, out var shown))
            return null;

        // The comparison takes the same time whether the id exists, and however much of the secret is right.
        var owner = keys.GetValueOrDefault(shown.Id);
        var isSame = CryptographicOperations.FixedTimeEquals(shown.Hash(), owner is null ? s_nobody : owner.Key.Hash.Span);
        return owner is not null && isSame && !owner.Key.IsExpired(time.GetUtcNow()) ? owner : null;
    }

    /// <summary>How many keys there are.</summary>
    /// <exception cref="ApiKeyFileException">The keys cannot be read.</exception>
    public int Count() => Current().Count;

    private IReadOnlyDictionary<string, ApiKeyOwner> Current()
    {
        var stamp = file.Stamp();
        var loaded = _loaded;
        if (loaded is null || loaded.Stamp != stamp || time.GetUtcNow().UtcDateTime - stamp.WrittenAt < s_tick)
            loaded = Load(stamp);
        return loaded.Keys ?? throw new ApiKeyFileException(loaded.Fault ?? "");
    }

    // The stamp was taken before the reading: a file that changes in between is read once more.
    private Loaded Load((DateTime, long) stamp)
    {
        lock (_loading)
        {
            var before = _loaded;
            try
            {
                var keys = file.Read().ToDictionary(static key => key.Id, static key => new ApiKeyOwner(key));
                _loaded = new Loaded(stamp, keys, Fault: null);
                Compare(_known ?? keys, keys);
                _known = keys;
            }
            catch (ApiKeyFileException e)
            {
                if (before?.Fault != e.Message)
                    Unreadable(logger, e.Message);
                _loaded = new Loaded(stamp, Keys: null, e.Message);
            }

            return _loaded;
        }
    }

    private void Compare(IReadOnlyDictionary<string, ApiKeyOwner> before, IReadOnlyDictionary<string, ApiKeyOwner> now)
    {
        foreach (var owner in now.Values.Where(owner => !before.ContainsKey(owner.Key.Id)))
            Changed?.Invoke(owner.Key, true);
        foreach (var owner in before.Values.Where(owner => !now.ContainsKey(owner.Key.Id)))
            Changed?.Invoke(owner.Key, false);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "No API key is taken: {Message}")]
    private static partial void Unreadable(ILogger logger, string message);

    private sealed record Loaded((DateTime WrittenAt, long Length) Stamp, IReadOnlyDictionary<string, ApiKeyOwner>? Keys, string? Fault);
}

/// <summary>Who calls with a key.</summary>
internal sealed class ApiKeyOwner(ApiKey key)
{
    /// <summary>The key.</summary>
    public ApiKey Key { get; } = key;

    /// <summary>The caller as the framework knows it; its name is the key's.</summary>
    public ClaimsPrincipal Principal { get; } = new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, key.Name), new Claim(ApiKeyRing.KeyIdClaim, key.Id), .. key.Roles.Select(static role => new Claim(ClaimTypes.Role, role.ToName()))],
        authenticationType: "api-key"));
}
