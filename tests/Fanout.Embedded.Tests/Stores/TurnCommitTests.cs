using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Stores;

/// <summary>What may be taken back by a loss of power: only turns from which nothing followed that the store does not know.</summary>
public sealed class TurnCommitTests
{
    private static readonly HistoryEvent Call = new TaskScheduled(1, "batch", null);
    private static readonly HistoryEvent Child = new SubOrchestrationCreated(1, "branch", "run:b0001", null);
    private static readonly HistoryEvent Result = new TaskCompleted(1, null);

    [Fact]
    public void ATurnThatCallsAnActivity_IsSynced()
    {
        Assert.False(Turn(isRoot: true, Call).StaysInside);
        Assert.False(Turn(isRoot: false, Result, Call).StaysInside);
    }

    [Theory]
    [InlineData(OrchestrationStatus.Completed)]
    [InlineData(OrchestrationStatus.Failed)]
    [InlineData(OrchestrationStatus.Terminated)]
    public void TheEndOfARoot_IsSynced(OrchestrationStatus status)
    {
        Assert.False((Turn(isRoot: true, Result) with { Status = status }).StaysInside);
        Assert.True((Turn(isRoot: false, Result) with { Status = status }).StaysInside);
    }

    [Fact]
    public void ATurnThatOnlyChangesInstances_NeedNotBe()
    {
        Assert.True(Turn(isRoot: true, Child).StaysInside);
        Assert.True(Turn(isRoot: true, Result).StaysInside);
    }

    private static TurnCommit Turn(bool isRoot, params HistoryEvent[] events) => new()
    {
        Lease = new Lease("run", "owner", 1),
        Identity = new InstanceIdentity(isRoot ? "run" : "run:b0001", "run", "test", isRoot ? null : new ParentLink("run", 0, 1)),
        Execution = 0,
        KeptHistory = 0,
        Append = events,
        Consumed = [],
        Status = OrchestrationStatus.Running,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
