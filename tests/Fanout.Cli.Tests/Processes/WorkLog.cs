using System.Globalization;

namespace Fanout.Cli.Tests.Processes;

/// <summary>What test programs did, as they wrote it down: see Fanout.TestApp's SideEffects.</summary>
internal sealed class WorkLog(string directory)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>All deeds so far, in the order of time.</summary>
    public IReadOnlyList<Deed> Read() =>
        !Directory.Exists(directory) ? [] : [.. Directory.EnumerateFiles(directory, "*.log").SelectMany(ReadFile).OrderBy(deed => deed.At)];

    /// <summary>Waits until what was written satisfies a condition. The one place that polls: a file of another process gives no signal.</summary>
    public async Task<IReadOnlyList<Deed>> UntilAsync(Func<IReadOnlyList<Deed>, bool> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var deeds = Read();
            if (condition(deeds))
                return deeds;
            if (TimeProvider.System.GetElapsedTime(since) > Deadline)
                throw new TimeoutException($"After {Deadline.TotalSeconds} s the log holds {deeds.Count} deeds: {string.Join(" | ", deeds.TakeLast(20))}");
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    private static IEnumerable<Deed> ReadFile(string path)
    {
        var process = int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var text = file.ReadToEnd();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            yield return new Deed(process, words[0], words[1], long.Parse(words[2], CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>One thing a process did to the world.</summary>
/// <param name="Process">Its pid.</param>
/// <param name="Verb">began, ended, or cancelled.</param>
/// <param name="Key">The item's idempotency key.</param>
/// <param name="At">Monotonic timestamp, the same clock in all processes.</param>
internal sealed record Deed(int Process, string Verb, string Key, long At)
{
    public bool Began => Verb == "began";

    public bool Ended => Verb == "ended";

    public bool Cancelled => Verb == "cancelled";

    public int Index => int.Parse(Key.AsSpan(Key.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);
}
