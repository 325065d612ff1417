using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>What Fanout is held against.</summary>
internal static class AllOthers
{
    /// <summary>The hand-written loop.</summary>
    public static IContender Loop { get; } = new HandWrittenLoop();

    /// <summary>All of them, those that keep nothing first.</summary>
    public static IReadOnlyList<IContender> All { get; } =
    [
        Loop, new ChannelPool(), new DataflowBlocks(), new QuartzJobs(), HangfireJobs.InMemory, new OrleansGrains(), new AkkaEvents(), HangfireJobs.Sqlite,
    ];
}
