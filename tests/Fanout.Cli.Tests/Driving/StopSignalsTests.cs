using Fanout.Cli.Driving;
using Xunit;

namespace Fanout.Cli.Tests.Driving;

public class StopSignalsTests
{
    [Fact]
    public void TheFirstStops_TheSecondAborts_TheThirdExits()
    {
        var exits = 0;
        var stages = new List<StopStage>();
        using var signals = new StopSignals(() => exits++) { Announce = stages.Add };

        signals.Signal();
        Assert.Equal((true, false, 0), (signals.Stop.IsCancellationRequested, signals.Abort.IsCancellationRequested, exits));

        signals.Signal();
        Assert.Equal((true, true, 0), (signals.Stop.IsCancellationRequested, signals.Abort.IsCancellationRequested, exits));

        signals.Signal();
        signals.Signal();
        Assert.Equal(2, exits);
        Assert.Equal([StopStage.Stopping, StopStage.Aborting], stages);
    }

    [Fact]
    public void ItIsAnnounced_BeforeAnythingStops()
    {
        using var signals = new StopSignals(() => { });
        var stopped = true;
        signals.Announce = _ => stopped = signals.Stop.IsCancellationRequested;
        signals.Signal();
        Assert.False(stopped);
    }

    [Fact]
    public void Untouched_NothingIsCancelled()
    {
        using var signals = new StopSignals(() => { });
        Assert.False(signals.Stop.IsCancellationRequested);
        Assert.False(signals.Abort.IsCancellationRequested);
    }

    [Fact]
    public void SignalsFromManyThreads_CountOnceEach()
    {
        var exits = 0;
        using var signals = new StopSignals(() => Interlocked.Increment(ref exits));
        Parallel.For(0, 10, _ => signals.Signal());
        Assert.Equal(8, exits);
    }
}
