using Fanout.Client.Views;
using Fanout.Views;

namespace Fanout.Client.Watching;

/// <summary>
/// A run as it changes. It is asked for first, then told by events while the server has them and the connection lasts, then asked for again: whatever
/// is lost on the way, the next answer has it.
/// </summary>
/// <param name="client">Asks.</param>
/// <param name="runId">The run.</param>
/// <param name="options">How often, how patiently.</param>
internal sealed class RunWatch(FanoutClient client, string runId, FanoutClientOptions options) : IAsyncDisposable
{
    private readonly Absence _absence = new(options);

    private RunView? _last;
    private EventStream? _events;
    private string? _lastEventId;
    private bool _hasNoEvents;
    private bool _waitsBeforeAsking;

    /// <summary>The run, when it differs from what was returned before. Null: what was returned before was the last.</summary>
    public async Task<RunView?> NextAsync(CancellationToken cancellationToken)
    {
        if (_last?.IsOver == true)
            return null;
        while (true)
        {
            if (_events is not null)
            {
                if (await ReadEventAsync(cancellationToken).ConfigureAwait(false) is not { } told || told.ETag == _last?.ETag)
                    continue;
                return _last = told with { Spec = told.Spec ?? _last?.Spec };
            }

            if (_waitsBeforeAsking)
                await Task.Delay(options.PollEvery, options.Time, cancellationToken).ConfigureAwait(false);
            var run = await AskAsync(cancellationToken).ConfigureAwait(false);
            _waitsBeforeAsking = true;
            if (run is not null)
                _last = run;
            if (_last is { IsOver: false, Links.Events: not null } && !_hasNoEvents)
                _events = new EventStream(client, runId, _lastEventId ?? _last.ETag?.Trim('"'), options.Time);
            if (run is not null)
                return run;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _events?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Null: it has not changed.
    private async Task<RunView?> AskAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var run = await client.GetIfChangedAsync(runId, _last?.ETag, cancellationToken).ConfigureAwait(false);
                _absence.End();
                return run;
            }
            catch (Exception failure) when (failure is StorageException { MayPass: true } or RemoteException { MayPass: true })
            {
                if (!await _absence.BearAsync(cancellationToken).ConfigureAwait(false))
                    throw;
            }
        }
    }

    // Null: there is nothing to be told by now, and perhaps something to be asked.
    private async Task<RunView?> ReadEventAsync(CancellationToken cancellationToken)
    {
        var told = await _events!.ReadAsync(cancellationToken).ConfigureAwait(false);
        _lastEventId = _events.LastId;
        if (told is { Run: { IsOver: false } run })
            return run with { ETag = _lastEventId is null ? null : $"\"{_lastEventId}\"" };
        if (told is { Sample: not null })
            return null;
        // The end is asked for: a report that came by event would lack the spec of a run that was never asked for.
        _hasNoEvents = _events.AreNone;
        _waitsBeforeAsking = told is null && !_events.WasSilent;
        await _events.DisposeAsync().ConfigureAwait(false);
        _events = null;
        return null;
    }
}
