using Microsoft.Extensions.Logging;

namespace Fanout.Server.Security;

/// <summary>The keys that requests may show, as they are now: a key that was added or revoked is noticed within a second.</summary>
internal sealed class KeyRing
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly KeyFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<ApiKey> _keys;
    private (DateTime, long)? _stamp;
    private long _lookedAt;

    /// <exception cref="ServerException">The keys cannot be read.</exception>
    public KeyRing(KeyFile file, bool isRequired, TimeProvider time, ILogger<KeyRing> logger)
    {
        _file = file;
        _time = time;
        _logger = logger;
        _stamp = file.Stamp();
        _keys = file.Read();
        _lookedAt = time.GetTimestamp();
        IsRequired = isRequired || _keys.Count > 0;
    }

    /// <summary>True: requests need a key. Once there was one it stays so: revoking the last key shuts everybody out, and opens nothing.</summary>
    public bool IsRequired { get; private set; }

    /// <summary>The key with this text; null: there is none.</summary>
    public ApiKey? Find(string text)
    {
        Look();
        var hash = ApiKey.HashOf(text);
        ApiKey? found = null;
        foreach (var key in _keys)
        {
            if (key.Is(hash))
                found = key;
        }

        return found;
    }

    /// <summary>Looks whether the file has changed, if that was not done just now.</summary>
    public void Look()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookEvery)
            return;
        lock (_lock)
        {
            if (_time.GetElapsedTime(_lookedAt) < LookEvery)
                return;
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            Reload();
        }
    }

    private void Reload()
    {
        try
        {
            var stamp = _file.Stamp();
            if (stamp == _stamp)
                return;
            _keys = _file.Read();
            _stamp = stamp;
            IsRequired |= _keys.Count > 0;
        }
        catch (Exception unreadable) when (unreadable is ServerException or IOException or UnauthorizedAccessException)
        {
            // The keys known so far go on: a file that somebody is about to mend must not shut everybody out.
            _logger.KeysUnreadable(unreadable);
        }
    }
}
