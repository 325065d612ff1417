using System.Globalization;
using System.Text.Json;

namespace Fanout.Benchmarks.Work;

/// <summary>What is to be done with each item, and how many at once.</summary>
/// <param name="Delay">How long the handler waits; zero: it does nothing.</param>
/// <param name="Concurrency">Items in flight.</param>
/// <param name="ItemBytes">Length of an item, about.</param>
internal sealed record Workload(TimeSpan Delay, int Concurrency, int ItemBytes = JsonLinesFile.SmallItem)
{
    private const long LargestFile = 512 << 20;

    /// <summary>Handlers that do nothing; with more than a worker a processor the hand-written loop is slower.</summary>
    public static Workload Noop { get; } = new(TimeSpan.Zero, Environment.ProcessorCount);

    /// <summary>Items a second if only the handlers took time.</summary>
    public double Ideal => Delay > TimeSpan.Zero ? Concurrency / Delay.TotalSeconds : double.PositiveInfinity;

    /// <summary>True: handlers wait.</summary>
    public bool Waits => Delay > TimeSpan.Zero;

    /// <summary>Handlers that wait.</summary>
    public static Workload Waiting(double milliseconds, int concurrency) => new(TimeSpan.FromMilliseconds(milliseconds), concurrency);

    /// <summary>So many items as keep somebody busy for about so long. At least one for each place.</summary>
    /// <param name="noopsPerSecond">What they get through when handlers do nothing.</param>
    /// <param name="seconds">How long.</param>
    public long ItemsFor(double noopsPerSecond, double seconds) =>
        Math.Max(Concurrency, (long)Math.Round(Math.Min(Math.Min(noopsPerSecond, Ideal) * seconds, LargestFile / ItemBytes)));

    /// <summary>The handler.</summary>
    public Task HandleAsync(JsonElement item, CancellationToken cancellationToken) =>
        Waits ? Task.Delay(Delay, TimeProvider.System, cancellationToken) : Task.CompletedTask;

    /// <summary>The handler for those that are given lines: whoever handles an item reads it first.</summary>
    public async ValueTask HandleLineAsync(string line, CancellationToken cancellationToken = default)
    {
        using var json = JsonDocument.Parse(line);
        await HandleAsync(json.RootElement, cancellationToken);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"items of {ItemBytes:N0} bytes through a handler that {(Waits ? $"waits {Delay.TotalMilliseconds:N0} ms" : "does nothing")}, {Concurrency:N0} at once");
}
