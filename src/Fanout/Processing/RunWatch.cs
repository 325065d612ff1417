using Fanout.Orchestration;
using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>
/// Keeps a scope and the catalog in step: what others ask of the run is felt at the catalog's next beat (<see cref="IRunCatalog.WatchEvery"/>), and once a
/// second the live numbers are written down for them. A change of control is passed on to the run's orchestration too: whoever asked for it may have died before
/// telling it.
/// </summary>
internal sealed class RunWatch : IAsyncDisposable
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly RunScope _scope;
    private readonly IRunCatalog _catalog;
    private readonly Func<RunControl, Task> _passOn;
    private readonly PeriodicTimer _timer;
    private readonly CancellationTokenSource _end = new();
    private readonly int _beatsPerProgress;
    private readonly Task _loop;

    private ControlSignal? _passedOn;

    public RunWatch(RunScope scope, IRunCatalog catalog, Func<RunControl, Task> passOn, TimeProvider time)
    {
        _scope = scope;
        _catalog = catalog;
        _passOn = passOn;
        _timer = new PeriodicTimer(catalog.WatchEvery, time);
        _beatsPerProgress = Math.Max(1, (int)(ProgressEvery / catalog.WatchEvery));
        _loop = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Ends a wait for the next beat; the token, a beat.
        _timer.Dispose();
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await SaveProgressAsync(CancellationToken.None).ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            for (var beat = 1; await _timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false); beat++)
                await OnBeatAsync(beat).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The scope is being closed.
        }
    }

    private async Task OnBeatAsync(int beat)
    {
        try
        {
            if (await _catalog.GetControlAsync(_scope.RunId, _end.Token).ConfigureAwait(false) is { } control)
            {
                _scope.Apply(control);
                await PassOnAsync(control).ConfigureAwait(false);
            }
        }
        catch (StorageException)
        {
            // A beat missed. Storage that stays away fails a batch or a turn, and they tell.
        }

        if (beat % _beatsPerProgress == 0)
            await SaveProgressAsync(_end.Token).ConfigureAwait(false);
    }

    private async Task PassOnAsync(RunControl control)
    {
        var signal = ControlSignal.Of(control);
        if (_passedOn is null ? control.Version > 0 : signal.IsNewsAfter(_passedOn))
            await _passOn(control).ConfigureAwait(false);
        _passedOn = signal;
    }

    private async Task SaveProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _catalog.SetProgressAsync(_scope.RunId, ProgressShard.Coordinator, _scope.ObserveShare(), cancellationToken).ConfigureAwait(false);
            if (_scope.LimitsAreSplit && await _catalog.GetAsync(_scope.RunId, cancellationToken).ConfigureAwait(false) is { } run)
                _scope.NoteOverall(run, LaneReport.Nothing);
        }
        catch (StorageException)
        {
            // Likewise: numbers for whoever looks, nothing a run depends on.
        }
    }
}
