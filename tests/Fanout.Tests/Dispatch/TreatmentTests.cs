using Fanout.Dispatch;
using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class TreatmentTests
{
    private const int Most = 3;

    [Theory]
    [InlineData(1, nameof(TreatmentKind.Ordinary))]
    [InlineData(2, nameof(TreatmentKind.Careful))]
    [InlineData(3, nameof(TreatmentKind.Careful))]
    [InlineData(4, nameof(TreatmentKind.Split))]
    public void BatchThatComesBack_IsWorkedCarefullyAndThenSplit(long delivery, string expected) =>
        Assert.Equal(expected, Of(delivery, Batch(100)).Kind.ToString());

    [Fact]
    public void ExecutionsThatGaveUpAlive_AreNotHeldAgainstTheBatch() =>
        Assert.Equal(TreatmentKind.Careful, Of(5, Batch(100), Checkpoint(survived: true), Checkpoint(survived: true)).Kind);

    [Fact]
    public void SuspectedWork_IsSplitAfterOneDeathAlone()
    {
        Assert.Equal(TreatmentKind.Alone, Of(1, Batch(8, isolated: true)).Kind);
        Assert.Equal(TreatmentKind.Split, Of(2, Batch(8, isolated: true), Checkpoint(alone: true)).Kind);
    }

    [Fact]
    public void OneItem_IsBlamedForDeathsAloneAndForNothingElse()
    {
        var item = Batch(1, isolated: true);
        Assert.Equal(TreatmentKind.Alone, Of(50, item).Kind);
        Assert.Equal(TreatmentKind.Alone, Of(50, item, Checkpoint(alone: true), Checkpoint(alone: true), Checkpoint(alone: true, survived: true)).Kind);
        Assert.Equal(new Treatment(TreatmentKind.Blame, 3), Of(4, item, Checkpoint(alone: true), Checkpoint(alone: true), Checkpoint(alone: true)));
    }

    [Fact]
    public void ByKey_OneItemIsOneStepOfOneKey()
    {
        var key = new KeyRest(3, 10, null, null);
        var pending = new PendingItem(1, 0, null) { Offset = 5, Key = 3 };
        Assert.True(Treatment.IsOneItem(Batch(0) with { Keys = [key], Pending = [pending], MaxStarts = 1 }, byKey: true));
        Assert.False(Treatment.IsOneItem(Batch(0) with { Keys = [key], MaxStarts = 2 }, byKey: true));
        Assert.False(Treatment.IsOneItem(Batch(0) with { Keys = [key], Pending = [pending with { Key = 4 }], MaxStarts = 1 }, byKey: true));
        Assert.False(Treatment.IsOneItem(Batch(1) with { Keys = [key], MaxStarts = 1 }, byKey: true));
    }

    private static Treatment Of(long delivery, BatchInput input, params BatchCheckpoint[] earlier) => Treatment.Of(delivery, input, byKey: false, earlier, Most);

    private static BatchInput Batch(int items, bool isolated = false) =>
        new("run", "b0001-l00-00000", new SourcePlan(100, null), 0, items, [], 0, 1, 1) { Isolated = isolated };

    private static BatchCheckpoint Checkpoint(bool alone = false, bool survived = false) =>
        BatchCheckpoint.Start(Batch(1)) with { IsAlone = alone, Survived = survived };
}
