using Fanout.Simulation.Runs;

namespace Fanout.Simulation;

/// <summary>
/// Simulates whole runs in a process of its own, whose thread pool has one thread: what runs next is then the seed's to decide, and a seed replays
/// exactly. <c>dotnet Fanout.Simulation.dll FIRST LAST [trace]</c>; ends with the number of seeds that something was wrong with.
/// </summary>
internal static class Program
{
    // Enough to see what they have in common.
    private const int MostFailures = 5;

    private static int Main(string[] arguments)
    {
        if (arguments is not [var first, var last, .. var rest] || !int.TryParse(first, out var seed) || !int.TryParse(last, out var end))
        {
            Console.Error.WriteLine("FIRST LAST [trace]: the seeds to simulate.");
            return 100;
        }

        if (!ThreadPool.SetMinThreads(1, 1) || !ThreadPool.SetMaxThreads(1, 1))
            throw new InvalidOperationException("The thread pool cannot have one thread only.");
        var (faults, failures, count) = (0, 0, 0);
        for (; seed <= end && failures < MostFailures; seed++, count++)
        {
            var ended = RunSimulation.Run(seed, trace: rest is ["trace"]);
            faults += ended.Faults;
            if (ended.Trace is not null)
                Console.WriteLine(ended.Trace);
            if (ended.Problems.Count == 0)
                continue;
            failures++;
            Console.WriteLine($"Seed {seed} (FANOUT_SIM_SEED={seed} replays it):");
            Console.WriteLine(ended.Description);
            foreach (var problem in ended.Problems)
                Console.WriteLine(problem);
        }

        Console.WriteLine($"{count} seeds, {faults} faults");
        return failures;
    }
}
