using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fanout.Benchmarks.Work;

/// <summary>
/// What one writes without Fanout: reads lines, handles them in parallel, writes the same result lines to one file. It forgets everything
/// when it crashes.
/// </summary>
internal static class HandWrittenLoop
{
    /// <summary>Handles every line of a file; how long that took.</summary>
    public static async Task<TimeSpan> RunAsync(string items, string results, int concurrency, Func<JsonElement, CancellationToken, Task> handle)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var writer = new StreamWriter(results, append: false, new UTF8Encoding(false), bufferSize: 1 << 16))
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
            await Parallel.ForEachAsync(File.ReadLines(items).Index(), options, async (item, cancellationToken) =>
            {
                var handlingSince = Stopwatch.GetTimestamp();
                using var json = JsonDocument.Parse(item.Item);
                await handle(json.RootElement, cancellationToken);
                var milliseconds = Stopwatch.GetElapsedTime(handlingSince).TotalMilliseconds;
                var line = string.Create(
                    CultureInfo.InvariantCulture, $"{{\"index\":{item.Index},\"status\":\"Succeeded\",\"attempts\":1,\"durationMs\":{milliseconds:0.###}}}\n");
                lock (writer)
                    writer.Write(line);
            });
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
