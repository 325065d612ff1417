using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fanout.TestApp;

/// <summary>
/// This process's one connection to a sampler. Each line it sends is answered with one; who sends waits for the answer, so that the sampler has
/// counted an end before the place it leaves can be given to anyone.
/// </summary>
internal sealed class SamplerConnection : IDisposable
{
    private static readonly ConcurrentDictionary<IPEndPoint, Lazy<Task<SamplerConnection>>> Open = new();

    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentQueue<TaskCompletionSource> _unanswered = new();
    private volatile Exception? _lost;

    private SamplerConnection(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _ = ReadAnswersAsync();
    }

    /// <summary>The connection to a sampler, made when it is first asked for; open until the process ends, however it does.</summary>
    public static Task<SamplerConnection> ToAsync(IPEndPoint sampler) =>
        Open.GetOrAdd(sampler, where => new Lazy<Task<SamplerConnection>>(() => ConnectAsync(where))).Value;

    /// <summary>Sends a line; done when the sampler has counted it.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async Task SayAsync(string line)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _turn.WaitAsync();
        try
        {
            _unanswered.Enqueue(answered);
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
        }
        finally
        {
            _turn.Release();
        }

        if (_lost is { } lost)
            answered.TrySetException(lost);
        await answered.Task;
    }

    /// <summary>Closes it: to the sampler, everything in flight here has ended.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _turn.Dispose();
    }

    private static async Task<SamplerConnection> ConnectAsync(IPEndPoint sampler)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(sampler);
        return new SamplerConnection(socket);
    }

    private async Task ReadAnswersAsync()
    {
        var buffer = new byte[4_096];
        try
        {
            while (await _stream.ReadAsync(buffer) is > 0 and var length)
            {
                for (var answers = buffer.AsSpan(0, length).Count((byte)'\n'); answers > 0; answers--)
                {
                    if (_unanswered.TryDequeue(out var answered))
                        answered.SetResult();
                }
            }

            _lost = new IOException("The sampler closed the connection.");
        }
        catch (IOException failed)
        {
            _lost = failed;
        }

        while (_unanswered.TryDequeue(out var unanswered))
            unanswered.TrySetException(_lost);
    }
}
