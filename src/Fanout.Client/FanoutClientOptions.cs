namespace Fanout.Client;

/// <summary>Where the server is, and how patient the client is with it.</summary>
/// <remarks>No record: what prints a record's fields would print the key.</remarks>
public sealed class FanoutClientOptions
{
    /// <summary>The server's URL, such as <c>http://localhost:8430</c>; its routes are below <c>api/</c>. Null: the <see cref="HttpClient"/> has it.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The key, sent as <c>Authorization: Bearer</c> and as <c>x-functions-key</c>. Null: the server wants none.</summary>
    public string? Key { get; init; }

    /// <summary>How often a request is sent at most that may be repeated, 1 to 100. Default: 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long a request is repeated at most. Default: 1 min.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long before the second attempt; twice as long each time, with jitter. What the server asks for (<c>Retry-After</c>) goes before. Default: 500 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long between two attempts at most, unless the server asks for more. Default: 15 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one attempt may take; plans and results, for which the server may have much to read, may take as long as they need. Default: 100 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a run that is waited for is looked at, where the server has no events. Default: 1 s.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may be away while a run is waited for. Default: 10 min.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness for jitter and idempotency keys. Used under a lock. Default: seeded by the system.</summary>
    public Random Random { get; init; } = new();
}
