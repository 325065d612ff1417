using Fanout.Processing;
using Fanout.Runs;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>A process works one run after another for months: of one that is closed no timer stays.</summary>
public sealed class RunTimersTests
{
    private readonly WatchedTime _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunThatIsClosed_LeavesNoTimer(bool lanesShareProcess)
    {
        var flow = new FlowSpec { Concurrency = 4, Adaptive = true };
        var rig = new BatchRig(BatchRig.Range(8, flow), (_, _) => ValueTask.FromResult<string?>(null), _time, lanesShareProcess: lanesShareProcess);
        await rig.WorkAsync(0, 8);
        rig.Scope.BackOff.NoteThrottled(default, TimeSpan.FromMinutes(1));
        Assert.NotEmpty(_time.Waits);
        await rig.DisposeAsync();
        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WatchThatIsEnded_LeavesNoTimer(bool forWorker)
    {
        var catalog = new Mock<IRunCatalog>();
        catalog.Setup(it => it.WatchEvery).Returns(TimeSpan.FromMilliseconds(250));
        await using var rig = new BatchRig(BatchRig.Range(8), (_, _) => ValueTask.FromResult<string?>(null), lanesShareProcess: !forWorker);
        IAsyncDisposable watch = forWorker
            ? new LaneWatch(rig.Scope, catalog.Object, _time)
            : new RunWatch(rig.Scope, catalog.Object, _ => Task.CompletedTask, _time);
        Assert.Single(_time.Waits);
        await watch.DisposeAsync();
        Assert.Empty(_time.Waits);
    }
}
