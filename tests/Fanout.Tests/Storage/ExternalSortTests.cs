using CsCheck;
using Fanout.Storage;
using Xunit;

namespace Fanout.Tests.Storage;

public sealed class ExternalSortTests
{
    [Fact]
    public void AnyRecords_ComeInOrderAndWhole() =>
        Gen.Select(
            Gen.Select(Gen.ULong[0, 3], Gen.Long[-5, 5], Gen.Byte.Array[0, 80]).List[0, 200],
            Gen.Int[1, 500], Gen.Int[1, 30], Gen.Int[2, 5], Gen.Int[1, 90]).Sample((records, bytes, count, fanIn, block) =>
        {
            using var sort = new ExternalSort(() => new MemoryStream(), new SortSettings { RunBytes = bytes, RunRecords = count, FanIn = fanIn, BlockBytes = block });
            foreach (var (group, place, record) in records)
                sort.Add(new SortKey(group, place), record);
            var sorted = new List<(SortKey Key, string Record)>();
            using var reader = sort.Sort();
            while (reader.MoveNext())
                sorted.Add((reader.Key, Convert.ToHexString(reader.Record)));

            var keys = sorted.ConvertAll(item => item.Key);
            Assert.Equal(keys.Order(), keys);
            Assert.Equal(records.Select(item => $"{item.Item1} {item.Item2} {Convert.ToHexString(item.Item3)}").Order(), sorted.Select(item => $"{item.Key.Group} {item.Key.Place} {item.Record}").Order());
        }, iter: 2_000, threads: 1);

    [Fact]
    public void RecordsThatAreNotLookedAt_ArePassedOver()
    {
        using var sort = new ExternalSort(() => new MemoryStream(), new SortSettings { RunRecords = 1, BlockBytes = 40 });
        for (var i = 0; i < 10; i++)
            sort.Add(new SortKey(0, 9 - i), new byte[i * 100]);
        using var reader = sort.Sort();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(reader.MoveNext());
            if (i % 3 == 0)
                Assert.Equal((9 - i) * 100, reader.Record.Length);
        }

        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void WhatFitsIntoMemory_NeedsNoScratch_AndAScratchIsLeftEmpty()
    {
        var scratches = new List<MemoryStream>();
        for (var records = 1; records <= 5; records += 4)
        {
            using (var sort = new ExternalSort(Open, new SortSettings { RunRecords = 2, FanIn = 2 }))
            {
                for (var i = 0; i < records; i++)
                    sort.Add(new SortKey(0, i), [1]);
                using var reader = sort.Sort();
                Assert.Equal(records > 2, scratches.Count > 0);
            }
        }

        Assert.Equal(2, scratches.Count);

        Stream Open()
        {
            scratches.Add(new EmptyWhenClosed());
            return scratches[^1];
        }
    }

    private sealed class EmptyWhenClosed : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            Assert.True(!disposing || !CanSeek || Length == 0);
            base.Dispose(disposing);
        }
    }
}
