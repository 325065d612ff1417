using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fanout.Cli.Tests.Sampling;

/// <summary>
/// Counts what the handlers of any number of processes do: a TCP server on loopback. Lines <c>start RUN ITEM UNITS</c> and
/// <c>end RUN ITEM</c> are each answered with <c>ok</c> once they are counted; a connection that closes ends all its items in flight.
/// </summary>
internal sealed class StartSampler : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Lock _lock = new();
    private readonly List<Sample> _samples = [];
    private readonly List<Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly List<(Func<bool> IsSo, TaskCompletionSource Signal)> _awaited = [];
    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);
    private int _starts;
    private int _inFlight;

    public StartSampler(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, for the handler's option <c>sampler</c>.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Time since it began, on the samples' clock.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>What was counted so far.</summary>
    public SampledWork Work
    {
        get
        {
            lock (_lock)
                return new SampledWork([.. _samples]);
        }
    }

    /// <summary>Waits until so many items have begun.</summary>
    public Task UntilStartsAsync(int starts) => UntilAsync(() => _starts >= starts);

    /// <summary>Waits until so many units are in flight.</summary>
    public Task UntilInFlightAsync(int units) => UntilAsync(() => _inFlight == units);

    /// <summary>Waits until so many runs have begun an item.</summary>
    public Task UntilAllRunsAsync(int runs) => UntilAsync(() => _runs.Count >= runs);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private Task UntilAsync(Func<bool> isSo)
    {
        lock (_lock)
        {
            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (isSo())
                signal.SetResult();
            else
                _awaited.Add((isSo, signal));
            return signal.Task;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is SocketException or OperationCanceledException)
        {
            // It is being disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var inFlight = new Dictionary<(string Run, string Item), int>();
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    Count(line.Split(' '), inFlight);
                    await stream.WriteAsync("ok\n"u8.ToArray(), _stop.Token);
                }
            }
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException)
        {
            // The process was killed, or the sampler is being disposed.
        }

        foreach (var ((run, _), units) in inFlight)
            Add(run, -units);
    }

    private void Count(string[] words, Dictionary<(string Run, string Item), int> inFlight)
    {
        var item = (Run: words[1], Item: words[2]);
        if (words is ["start", _, _, var units])
        {
            inFlight.Add(item, int.Parse(units, CultureInfo.InvariantCulture));
            Add(item.Run, inFlight[item]);
        }
        else if (words is ["end", _, _] && inFlight.Remove(item, out var ended))
        {
            Add(item.Run, -ended);
        }
        else
        {
            throw new InvalidOperationException($"\"{string.Join(' ', words)}\" is no line of the protocol, or ends what has not begun.");
        }
    }

    // The time is read under the lock: samples are in its order.
    private void Add(string run, int units)
    {
        lock (_lock)
        {
            _samples.Add(new Sample(Now, run, units));
            _starts += units > 0 ? 1 : 0;
            _runs.Add(run);
            _inFlight += units;
            foreach (var (_, signal) in _awaited.Where(awaited => awaited.IsSo()))
                signal.TrySetResult();
            _awaited.RemoveAll(awaited => awaited.Signal.Task.IsCompleted);
        }
    }
}
