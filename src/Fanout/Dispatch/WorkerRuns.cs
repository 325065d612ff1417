using Fanout.Processing;
using Fanout.Runs;

namespace Fanout.Dispatch;

/// <summary>The runs a worker has batches of: each is opened for its first batch, and closed when none was worked for a while or it has ended.</summary>
internal sealed class WorkerRuns : IAsyncDisposable
{
    private readonly IRunCatalog _catalog;
    private readonly RunScopes _scopes;
    private readonly TimeProvider _time;
    private readonly TimeSpan _keepFor;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Use> _uses = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private Task _closing = Task.CompletedTask;

    public WorkerRuns(RunEnvironment environment, TimeSpan keepFor)
    {
        _catalog = environment.Catalog;
        _scopes = new RunScopes(environment, forWorker: true);
        _time = environment.Time;
        _keepFor = keepFor;
        _timer = _time.CreateTimer(static runs => ((WorkerRuns)runs!).CloseUnused(), this, keepFor / 2, keepFor / 2);
    }

    /// <summary>The run, kept open until what is returned is disposed; null: it is gone or has ended.</summary>
    /// <exception cref="SpecException">This process lacks what its spec names.</exception>
    /// <exception cref="RunException">Its handler cannot be made.</exception>
    /// <exception cref="StorageException">It cannot be opened now.</exception>
    public async Task<WorkerRun?> EnterAsync(string runId)
    {
        var use = Begin(runId);
        try
        {
            var isKnown = _scopes.Find(runId) is not null
                || await _catalog.GetAsync(runId, CancellationToken.None).ConfigureAwait(false) is { Report: null };
            if (isKnown && await _scopes.GetAsync(runId).ConfigureAwait(false) is { HasEnded: false } scope)
                return new WorkerRun(scope, () => End(use));
        }
        catch
        {
            End(use);
            throw;
        }

        End(use);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _closing.ConfigureAwait(false);
        await _scopes.DisposeAsync().ConfigureAwait(false);
    }

    private Use Begin(string runId)
    {
        lock (_lock)
        {
            if (!_uses.TryGetValue(runId, out var use))
                _uses.Add(runId, use = new Use());
            use.Count++;
            return use;
        }
    }

    private void End(Use use)
    {
        lock (_lock)
        {
            use.Count--;
            use.Since = _time.GetTimestamp();
        }
    }

    private void CloseUnused()
    {
        lock (_lock)
        {
            foreach (var (runId, use) in _uses.ToList())
            {
                if (use.Count > 0 || (_scopes.Find(runId) is { HasEnded: false } && _time.GetElapsedTime(use.Since) < _keepFor))
                    continue;
                _uses.Remove(runId);
                // Taken out of the scopes before the lock is given up: whoever comes next opens another.
                _closing = Task.WhenAll(_closing, _scopes.CloseAsync(runId));
            }
        }
    }

    private sealed class Use
    {
        public int Count { get; set; }

        public long Since { get; set; }
    }
}

/// <summary>A run that is kept open.</summary>
internal sealed class WorkerRun(RunScope scope, Action leave) : IDisposable
{
    public RunScope Scope => scope;

    public void Dispose() => leave();
}
