using System.Globalization;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Harness;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Beginnings of names of scenarios; none: all.</summary>
    public IReadOnlyList<string> Wanted { get; private init; } = [];

    /// <summary>Where the findings go as JSON; null: nowhere.</summary>
    public string? JsonPath { get; private init; }

    /// <summary>Rounds that count; null: as many as each scenario needs.</summary>
    public int? Rounds { get; private init; }

    /// <summary>True: no baseline and no warm-up, for a profiler.</summary>
    public bool OnlyOurs { get; private init; }

    /// <summary>Factor on the numbers of items. Below 1 the figures say little; it is for trying the benchmarks out.</summary>
    public double Scale { get; private init; } = 1;

    /// <summary>How long the handlers of <c>others</c> wait. Default: they do nothing.</summary>
    public TimeSpan Delay { get; private init; }

    /// <summary>Items in flight in <c>others</c>; null: 64 where handlers wait, 16 where they do nothing.</summary>
    public int? Concurrency { get; private init; }

    /// <summary>Length of an item in <c>others</c>. Default: 80.</summary>
    public int ItemBytes { get; private init; } = JsonLinesFile.SmallItem;

    /// <summary>What is wrong with the command line; null: nothing.</summary>
    public string? Problem { get; private init; }

    public bool Wants(string scenario) => Wanted.Count == 0 || Wanted.Any(name => scenario.StartsWith(name, StringComparison.Ordinal));

    public static string Usage(IEnumerable<string> names) =>
        $"usage: [{string.Join('|', names)}]… [--rounds N] [--json FILE] [--only-ours] [--scale FACTOR]\n"
        + "       others: [--delay MILLISECONDS] [--concurrency N] [--item-bytes N]\n"
        + "       micro [FILTER]…\n"
        + "       soak [MINUTES]";

    public static BenchmarkOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (var at = 0; at < arguments.Count && options.Problem is null; at++)
        {
            options = arguments[at] switch
            {
                "--only-ours" => options with { OnlyOurs = true },
                "--json" when at + 1 < arguments.Count => options with { JsonPath = arguments[++at] },
                "--rounds" when TryNumber(arguments, ++at, out var rounds) && rounds >= 1 => options with { Rounds = (int)rounds },
                "--scale" when TryNumber(arguments, ++at, out var scale) && scale is > 0 and <= 10 => options with { Scale = scale },
                "--delay" when TryNumber(arguments, ++at, out var delay) && delay is >= 0 and <= 60_000 => options with { Delay = TimeSpan.FromMilliseconds(delay) },
                "--concurrency" when TryNumber(arguments, ++at, out var concurrency) && concurrency is >= 1 and <= 10_000 => options with { Concurrency = (int)concurrency },
                "--item-bytes" when TryNumber(arguments, ++at, out var bytes) && bytes is >= JsonLinesFile.SmallItem and <= 1_000_000 => options with { ItemBytes = (int)bytes },
                ['-', ..] flag => options with { Problem = $"{flag} is unknown, or lacks a proper value." },
                var name when Scenarios.AllScenarios.Names.Any(known => known.StartsWith(name, StringComparison.Ordinal)) =>
                    options with { Wanted = [.. options.Wanted, name] },
                var name => options with { Problem = $"There is no scenario {name}." },
            };
        }

        return options;
    }

    private static bool TryNumber(IReadOnlyList<string> arguments, int at, out double number)
    {
        number = 0;
        return at < arguments.Count && double.TryParse(arguments[at], NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
