using Fanout.Client;

namespace Fanout.Cli.Tests.Patterns.Code;

/// <summary>The client that README.md shows, as a method whose body it is.</summary>
internal static class AtServer
{
    public static async Task RunAsync(Uri server, string? key, CancellationToken stop)
    {
        // README: client
        using var fanout = new FanoutClient(server, key);
        var run = await fanout.StartAsync(new RunSpec
        {
            Id = "doubles",
            Handler = new HandlerSpec("double"),
            Source = new RangeSourceSpec { Start = 1, End = 21 },
            Results = new ResultsSpec { Reduce = "sum" },
        }, cancellationToken: stop);
        await foreach (var seen in fanout.WatchAsync(run.Id, stop)) // or WaitAsync, if only the end counts
            Console.WriteLine($"{seen.Status}: {seen.Progress?.Settled} of {seen.Progress?.Total}");
        await foreach (var line in fanout.ReadResultsAsync(run.Id, cancellationToken: stop))
            Console.WriteLine($"{line.Index}: {line.Status} {line.Output}");
        // README end
    }
}
