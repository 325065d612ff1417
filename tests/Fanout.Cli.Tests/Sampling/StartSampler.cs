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
    private readonly List<Connection> _open = [];
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
        client.NoDelay = true;
        var connection = new Connection(client.Client);
        lock (_lock)
            _open.Add(connection);
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    Count(line.Split(' '), connection);
                    await stream.WriteAsync("ok\n"u8.ToArray(), _stop.Token);
                }
            }
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException)
        {
            // The process was killed, or the sampler is being disposed.
        }

        lock (_lock)
            CloseLocked(connection);
    }

    private void Count(string[] words, Connection connection)
    {
        var item = (Run: words[1], Item: words[2]);
        lock (_lock)
        {
            if (words is ["start", _, _, var units])
            {
                // Who is dead has nothing in flight any more, and its places are others' at once, whether its end was read here or not.
                foreach (var dead in _open.Where(open => open.IsClosedByPeer).ToList())
                    CloseLocked(dead);
                if (!_open.Contains(connection))
                    return;
                connection.InFlight.Add(item, int.Parse(units, CultureInfo.InvariantCulture));
                AddLocked(item.Run, connection.InFlight[item]);
            }
            else if (words is ["end", _, _] && connection.InFlight.Remove(item, out var ended))
            {
                AddLocked(item.Run, -ended);
            }
            else if (_open.Contains(connection))
            {
                throw new InvalidOperationException($"\"{string.Join(' ', words)}\" is no line of the protocol, or ends what has not begun.");
            }
        }
    }

    private void CloseLocked(Connection connection)
    {
        if (!_open.Remove(connection))
            return;
        foreach (var ((run, _), units) in connection.InFlight)
            AddLocked(run, -units);
        connection.InFlight.Clear();
    }

    // The time is read under the lock: samples are in its order.
    private void AddLocked(string run, int units)
    {
        _samples.Add(new Sample(Now, run, units));
        _starts += units > 0 ? 1 : 0;
        _runs.Add(run);
        _inFlight += units;
        foreach (var (_, signal) in _awaited.Where(awaited => awaited.IsSo()))
            signal.TrySetResult();
        _awaited.RemoveAll(awaited => awaited.Signal.Task.IsCompleted);
    }

    /// <summary>A process's connection, and what it has begun and not ended.</summary>
    private sealed class Connection(Socket socket)
    {
        private const int ProtocolTcp = 6;
        private const int OptionTcpInfo = 11;
        private const byte Established = 1;

        public Dictionary<(string Run, string Item), int> InFlight { get; } = [];

        /// <summary>The other side is gone, as the kernel knows it (Linux's <c>TCP_INFO</c>), though there may be lines of it to read.</summary>
        public bool IsClosedByPeer
        {
            get
            {
                Span<byte> state = stackalloc byte[1];
                try
                {
                    return OperatingSystem.IsLinux() && (socket.GetRawSocketOption(ProtocolTcp, OptionTcpInfo, state) < 1 || state[0] != Established);
                }
                catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
                {
                    return true;
                }
            }
        }
    }
}
