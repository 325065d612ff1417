using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>
/// Keeps a worker's scope and the catalog in step: once a second it writes down what the lanes worked here have come to, a small row each, and
/// reads the run's record: what is asked of the run, and what fails elsewhere, is so felt within two seconds.
/// </summary>
internal sealed class LaneWatch : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly RunScope _scope;
    private readonly IRunCatalog _catalog;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    // What was last written down whole.
    private LaneReport _told = LaneReport.Nothing;

    public LaneWatch(RunScope scope, IRunCatalog catalog, TimeProvider time)
    {
        _scope = scope;
        _catalog = catalog;
        _timer = new PeriodicTimer(Beat, time);
        _loop = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await TryAsync(TellAsync, CancellationToken.None).ConfigureAwait(false);
        _timer.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                await TryAsync(TellAsync, _end.Token).ConfigureAwait(false);
                await TryAsync(HearAsync, _end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The scope is being closed.
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var report = _scope.ObserveLanes();
        foreach (var (lane, progress) in report.Lanes)
            await _catalog.SetProgressAsync(_scope.RunId, ProgressShard.OfLane(lane), progress, cancellationToken).ConfigureAwait(false);
        _scope.NoteTold(report);
        _told = report;
    }

    private async Task HearAsync(CancellationToken cancellationToken)
    {
        if (await _catalog.GetAsync(_scope.RunId, cancellationToken).ConfigureAwait(false) is not { } run)
            return;
        _scope.Apply(run.Control);
        _scope.NoteOverall(run, _told);
        // It could not be written down when it was decided; the other workers know of it from there.
        if (run.Control.Stop is null && run.Report is null)
            await _scope.PersistStopAsync().ConfigureAwait(false);
    }

    private static async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // A beat missed. Storage that stays away fails a batch, and it tells.
        }
    }
}
