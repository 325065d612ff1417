using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fanout.Client.Views;
using Fanout.Client.Watching;
using Fanout.Serialization;
using Fanout.Views;

namespace Fanout.Client;

/// <content>Waiting for runs.</content>
public sealed partial class FanoutClient
{
    /// <summary>Waits until a run is over: it has its report, and whoever is to be told has been.</summary>
    /// <returns>The run.</returns>
    /// <inheritdoc cref="WatchAsync"/>
    public async Task<RunView> WaitAsync(string runId, CancellationToken cancellationToken = default)
    {
        RunView? last = null;
        await foreach (var run in WatchAsync(runId, cancellationToken).ConfigureAwait(false))
            last = run;
        return last!;
    }

    /// <summary>The run as it is, then whenever it has changed, the last time when it is over. Over the server's events where it has them, else by asking again.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the wait; the run goes on at the server.</param>
    /// <exception cref="RunException">There is no such run, or no longer.</exception>
    /// <exception cref="RemoteException">The server was away for longer than <see cref="FanoutClientOptions.Patience"/>, or refused.</exception>
    /// <exception cref="StorageException">Its storage was.</exception>
    public async IAsyncEnumerable<RunView> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watch = new RunWatch(this, runId, _options);
        await using var _ = watch.ConfigureAwait(false);
        while (await watch.NextAsync(cancellationToken).ConfigureAwait(false) is { } run)
            yield return run;
    }

    /// <summary>A run's events, until it is over or the connection ends, which of the two <see cref="RunEvent.IsEnd"/> tells.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="lastEventId">Goes on after this event; null: from now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RunException">There is no such run, or no events here: see <see cref="Capabilities.Events"/>.</exception>
    /// <exception cref="RemoteException">The server is away, or has too many streams open. It is not asked again.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async IAsyncEnumerable<RunEvent> ReadEventsAsync(
        string runId, string? lastEventId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = OfRun(HttpMethod.Get, runId, "/events") with
        {
            IsSentOnce = true,
            Headers = lastEventId is null ? [("Accept", "text/event-stream")] : [("Accept", "text/event-stream"), ("Last-Event-ID", lastEventId)],
        };
        using var answer = await _sender.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var parser = SseParser.Create(stream, Read);
        await foreach (var item in parser.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            // Events of kinds that came later are passed over.
            if (item.Data is { } known)
                yield return known with { Id = parser.LastEventId };
        }
    }

    private RunEvent? Read(string type, ReadOnlySpan<byte> data)
    {
        try
        {
            return type switch
            {
                "run" => new RunEvent { Run = JsonSerializer.Deserialize<RunView>(data, FanoutJson.Options) },
                "sample" => new RunEvent { Sample = JsonSerializer.Deserialize<RunSample>(data, FanoutJson.Options) },
                "end" => new RunEvent { IsEnd = true },
                _ => null,
            };
        }
        catch (JsonException failure)
        {
            throw new RemoteException($"{BaseAddress} sent an event that is none of Fanout's: {failure.Message}", innerException: failure);
        }
    }
}
