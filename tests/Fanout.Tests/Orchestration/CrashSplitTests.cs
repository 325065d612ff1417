using CsCheck;
using Fanout.Orchestration;
using Fanout.Processing;
using Xunit;

namespace Fanout.Tests.Orchestration;

public sealed class CrashSplitTests
{
    [Fact]
    public void Pieces_AreAllThatIsLeftAndNothingTwice() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 100], Gen.Int[1, 16], Gen.Bool).Sample((pending, range, starts, isolated) =>
        {
            var unit = new WorkUnit(0, 1_000 + range, []) { Isolated = isolated };
            var crashed = Crashed(1_000, starts, [.. Enumerable.Range(0, pending).Select(i => new PendingItem(i * 7, 0, null))]);
            var pieces = CrashSplit.Of(unit, crashed, byKey: false);
            var items = pieces.SelectMany(Items).ToList();
            Assert.Equal(crashed.Pending.Select(item => item.Index).Concat(Enumerable.Range(1_000, range).Select(i => (long)i)), items.Order());
            // Of a batch that was not worked apart only what its last executions can have begun is suspected.
            Assert.InRange(pieces.Where(piece => piece.Isolated).Sum(piece => Items(piece).Count()), 0, isolated ? pending + range : pending + starts);
        });

    [Fact]
    public void HalvingOverAndOver_ComesToTheOneItem() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 200], Gen.Int[0, 1_000]).Sample((pending, range, which) =>
        {
            if (pending + range == 0)
                return;
            var unit = new WorkUnit(1_000, 1_000 + range, [.. Enumerable.Range(0, pending).Select(i => new PendingItem(i * 7, 0, null))]) { Isolated = true };
            var poison = Items(unit).ElementAt(which % (pending + range));
            var rounds = 0;
            for (; Items(unit).Count() > 1; rounds++)
                unit = CrashSplit.Of(unit, Crashed(unit.Start, null, unit.Pending), byKey: false).Single(piece => Items(piece).Contains(poison));
            Assert.Equal([poison], Items(unit));
            Assert.InRange(rounds, 0, (int)Math.Ceiling(Math.Log2(pending + range)));
        });

    [Fact]
    public void KeysAreSplitWhole_WithWhatIsPendingOfThem()
    {
        var unit = new WorkUnit(0, 10, []);
        var crashed = Crashed(5, 4, [Pending(1, key: 2), Pending(2, key: 4), Pending(3, key: 4)]) with { Keys = [new KeyRest(2, 50, null, null), new KeyRest(3, 60, null, null)] };
        var pieces = CrashSplit.Of(unit, crashed, byKey: true);

        Assert.Equal(3, pieces.Count);
        Assert.All(pieces.Take(2), piece => Assert.True(piece.Isolated));
        Assert.Equal((5L, 5L), (pieces[0].Start, pieces[0].End));
        Assert.Equal([2L, 3L], pieces[0].Keys.Select(key => key.Number));
        Assert.Equal([1L, 2L, 3L], pieces[0].Pending.Select(item => item.Index));
        Assert.Equal((5L, 9L), (pieces[1].Start, pieces[1].End));
        Assert.Empty(pieces[1].Pending);
        // The keys no execution can have come to are as any other work.
        Assert.Equal((9L, 10L, false), (pieces[2].Start, pieces[2].End, pieces[2].Isolated));
        Assert.All(pieces.Take(2), piece => Assert.Equal([4], piece.Steps));
    }

    [Fact]
    public void OneKey_IsGoneThroughInStepsOfHalfAsManyItems()
    {
        var key = new WorkUnit(0, 0, []) { Keys = [new KeyRest(2, 50, null, null)], Isolated = true, Steps = [5, 8] };
        foreach (var steps in (string[])["2 3 8", "1 1 3 8", "1 1 3 8"])
        {
            key = Assert.Single(CrashSplit.Of(key, Crashed(0, key.Steps![0], []) with { Keys = key.Keys }, byKey: true));
            Assert.Equal(steps, string.Join(' ', key.Steps!));
        }
    }

    private static IEnumerable<long> Items(WorkUnit unit)
    {
        foreach (var item in unit.Pending)
            yield return item.Index;
        for (var item = unit.Start; item < unit.End; item++)
            yield return item;
    }

    private static PendingItem Pending(long index, long key) => new(index, 0, null) { Offset = index, Key = key };

    private static BatchResult Crashed(long next, int? maxStarts, IReadOnlyList<PendingItem> pending) =>
        new() { End = BatchEnd.Crashed, Next = next, Pending = pending, Tally = Tally.Zero, MaxStarts = maxStarts };
}
