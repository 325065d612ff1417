using Fanout.Client.Views;
using Fanout.Views;

namespace Fanout.Client.Watching;

/// <summary>A connection over which a server tells of a run. That it breaks is no failure: whoever reads it asks instead.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    /// <summary>Samples come every second while a run goes on; a connection that brings nothing for so long may be dead. 45 s.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    private readonly CancellationTokenSource _silence;
    private readonly IAsyncEnumerator<RunEvent> _events;

    public EventStream(FanoutClient client, string runId, string? lastId, TimeProvider time)
    {
        LastId = lastId;
        _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _events = client.ReadEventsAsync(runId, lastId, _silence.Token).GetAsyncEnumerator(_silence.Token);
    }

    /// <summary>Names the last event.</summary>
    public string? LastId { get; private set; }

    /// <summary>True: the server has no events of this run.</summary>
    public bool AreNone { get; private set; }

    /// <summary>True: it ended because nothing came.</summary>
    public bool WasSilent { get; private set; }

    /// <summary>The next event; null: there are no more here.</summary>
    public async Task<RunEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        _silence.CancelAfter(LongestSilence);
        await using var stopping = cancellationToken.UnsafeRegister(static silence => ((CancellationTokenSource)silence!).Cancel(), _silence).ConfigureAwait(false);
        try
        {
            if (!await _events.MoveNextAsync().ConfigureAwait(false))
                return null;
            LastId = _events.Current.Id is { Length: > 0 } id ? id : LastId;
            return _events.Current;
        }
        catch (Exception failure) when (failure is RunException or RemoteException { Status: 404 })
        {
            AreNone = true; // Or the run is gone, which is asked next.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            WasSilent = true;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or RemoteException or StorageException)
        {
            // It is asked next.
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync().ConfigureAwait(false);
        _silence.Dispose();
    }
}
