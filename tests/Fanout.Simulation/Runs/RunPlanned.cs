using System.Globalization;
using System.Text.Json.Nodes;
using Fanout.Runs;
using Fanout.Specs;

namespace Fanout.Simulation.Runs;

/// <summary>A run of a simulation, and what its handler does with each item, as data that the checkers know too.</summary>
internal sealed class RunPlanned
{
    private readonly int _seed;
    private readonly int _failures;

    private RunPlanned(Random random, string id)
    {
        Id = id;
        _seed = random.Next();
        _failures = random.Next(3) * 15;
        Items = random.Next(5, 50);
        Concurrency = random.Next(1, 7);
        ByQueue = random.Next(3) == 0;
        MaxAttempts = random.Next(1, 4);
        Rate = random.Next(3) == 0 ? random.Next(4, 10) : null;
        Burst = random.Next(1, 5);
        PerKey = random.Next(4) == 0 ? random.Next(1, 3) : null;
        IsOrdered = PerKey == 1 && random.Next(2) == 0;
        UnderLimit = random.Next(2) == 0;
        Costly = PerKey is null && random.Next(4) == 0;
        Tolerate = random.Next(5) == 0 ? random.Next(0, 4) : null;
        IsLong = random.Next(6) == 0;
    }

    public string Id { get; }

    public int Items { get; }

    public int Concurrency { get; }

    public bool ByQueue { get; }

    public int MaxAttempts { get; }

    /// <summary>Starts a second; null: no limit.</summary>
    public int? Rate { get; }

    public int Burst { get; }

    /// <summary>Items in flight with one key; null: no limits by key.</summary>
    public int? PerKey { get; }

    public bool IsOrdered { get; }

    public bool UnderLimit { get; }

    /// <summary>Items count for 1 to 3 units.</summary>
    public bool Costly { get; }

    /// <summary>Failures tolerated; null: any number.</summary>
    public int? Tolerate { get; }

    /// <summary>Its handlers take seconds, and obey their tokens.</summary>
    public bool IsLong { get; }

    public static RunPlanned Draw(Random random, int number) => new(random, string.Create(CultureInfo.InvariantCulture, $"run{number}"));

    public static int KeyOf(long index) => (int)(index * 7 % 5);

    public int CostOf(long index) => Costly ? (int)(index % 3) + 1 : 1;

    public TimeSpan DurationOf(long index, int attempt) =>
        TimeSpan.FromMilliseconds(IsLong ? 500 + (Draw(index, attempt, 1) % 4_000) : Draw(index, attempt, 1) % 200);

    public bool Fails(long index, int attempt) => Draw(index, attempt, 2) % 100 < _failures;

    /// <summary>What becomes of an item that nothing stops.</summary>
    public OutcomeStatus Outcome(long index) =>
        Enumerable.Range(1, MaxAttempts).Any(attempt => !Fails(index, attempt)) ? OutcomeStatus.Succeeded : OutcomeStatus.Failed;

    public RunSpec ToSpec(FanoutRegistry registry)
    {
        var flow = new JsonObject { ["concurrency"] = Concurrency };
        if (Rate is { } rate)
            (flow["rate"], flow["burst"]) = ($"{rate}/s", Burst);
        if (PerKey is { } perKey)
            flow["perKey"] = IsOrdered ? new JsonObject { ["key"] = "/k", ["ordered"] = true } : new JsonObject { ["key"] = "/k", ["concurrency"] = perKey };
        if (UnderLimit)
            flow["limits"] = new JsonArray("shared");
        if (Costly)
            flow["cost"] = "/c";
        var failure = new JsonObject { ["retry"] = new JsonObject { ["maxAttempts"] = MaxAttempts, ["firstDelay"] = "300ms" } };
        if (Tolerate is { } tolerate)
            failure["tolerate"] = tolerate;
        var spec = new JsonObject
        {
            ["id"] = Id,
            ["handler"] = new JsonObject { ["name"] = "simulated" },
            ["source"] = new JsonObject
            {
                ["kind"] = "inline",
                ["items"] = new JsonArray([.. Enumerable.Range(0, Items).Select(index => new JsonObject { ["k"] = KeyOf(index), ["c"] = CostOf(index) })]),
            },
            ["flow"] = flow,
            ["failure"] = failure,
            ["batch"] = new JsonObject { ["slice"] = "2s", ["checkpoint"] = "500ms", ["dispatch"] = ByQueue ? "queue" : "activity" },
            ["results"] = new JsonObject { ["reduce"] = "sum" },
        };
        return SpecReader.Read(spec.ToJsonString(), registry);
    }

    public override string ToString() =>
        $"{Id}: {Items} items, concurrency {Concurrency}, {(ByQueue ? "queue" : "activity")}, attempts {MaxAttempts}, rate {Rate}/{Burst}, per key {PerKey}{(IsOrdered ? " ordered" : "")}, limit {UnderLimit}, costs {Costly}, tolerate {Tolerate}, long {IsLong}, failures {_failures} %";

    private int Draw(long index, int attempt, int what) => (int)((uint)HashCodeOf(_seed, index, attempt, what) % 1_000_000);

    // The same in every process, unlike HashCode (splitmix64).
    private static ulong HashCodeOf(int seed, long index, int attempt, int what)
    {
        var mixed = unchecked((ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)((index * 31) + (attempt * 7) + what + 1)));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return mixed ^ (mixed >> 31);
    }
}
