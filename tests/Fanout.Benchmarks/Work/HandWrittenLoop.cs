using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Fanout.Benchmarks.Work;

/// <summary>
/// What one writes without Fanout: reads lines, handles them in parallel, writes the same result lines to one file. It forgets everything
/// when it crashes. Of several ways to write it this one was the fastest: a channel to the writer instead of a lock around it, and lines read
/// synchronously.
/// </summary>
internal static class HandWrittenLoop
{
    /// <summary>Handles every line of a file; how long that took.</summary>
    public static async Task<TimeSpan> RunAsync(string items, string results, int concurrency, Func<JsonElement, CancellationToken, Task> handle)
    {
        var started = Stopwatch.GetTimestamp();
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { SingleReader = true });
        var writing = Task.Run(() => WriteAsync(lines.Reader, results));
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
        await Parallel.ForEachAsync(File.ReadLines(items).Index(), options, async (item, cancellationToken) =>
        {
            var handlingSince = Stopwatch.GetTimestamp();
            using var json = JsonDocument.Parse(item.Item);
            await handle(json.RootElement, cancellationToken);
            var milliseconds = Stopwatch.GetElapsedTime(handlingSince).TotalMilliseconds;
            var line = string.Create(
                CultureInfo.InvariantCulture, $"{{\"index\":{item.Index},\"status\":\"Succeeded\",\"attempts\":1,\"durationMs\":{milliseconds:0.###}}}\n");
            await lines.Writer.WriteAsync(line, cancellationToken);
        });
        lines.Writer.Complete();
        await writing;
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task WriteAsync(ChannelReader<string> lines, string path)
    {
        await using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 16);
        await foreach (var line in lines.ReadAllAsync())
            writer.Write(line);
    }
}
