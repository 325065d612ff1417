using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>
/// The results of who has no other place for them: the lines Fanout writes, in one file, through a channel to one writer. That was faster than a lock
/// around the file.
/// </summary>
internal sealed class ResultFile : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { SingleReader = true });
    private readonly Task _writing;

    public ResultFile(string path) => _writing = Task.Run(() => WriteAsync(_lines.Reader, path));

    /// <summary>Handles an item and writes what came of it.</summary>
    public async ValueTask HandleAsync(Workload work, int index, string item, CancellationToken cancellationToken = default)
    {
        var since = Stopwatch.GetTimestamp();
        await work.HandleLineAsync(item, cancellationToken);
        await _lines.Writer.WriteAsync(LineOf(index, since), cancellationToken);
    }

    /// <summary>The line of an item that was handled.</summary>
    /// <param name="index">Which.</param>
    /// <param name="since">Timestamp of when its handler began.</param>
    public static string LineOf(int index, long since)
    {
        var milliseconds = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{index},\"status\":\"Succeeded\",\"attempts\":1,\"durationMs\":{milliseconds:0.###}}}\n");
    }

    /// <summary>Opens such a file for who writes it by itself.</summary>
    public static StreamWriter Open(string path) => new(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 16);

    /// <summary>Waits until all is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private static async Task WriteAsync(ChannelReader<string> lines, string path)
    {
        await using var writer = Open(path);
        await foreach (var line in lines.ReadAllAsync())
            writer.Write(line);
    }
}
