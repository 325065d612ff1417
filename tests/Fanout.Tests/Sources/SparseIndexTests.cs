using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class SparseIndexTests
{
    [Fact]
    public async Task EveryRange_IsFoundBetweenItsNeighbours_AndTheIndexStaysSmall()
    {
        var gen = Gen.Select(Gen.Int[1, 2000], Gen.Int[1, 100], Gen.Int[1, 9], Gen.Double.Unit, Gen.Double.Unit);
        await gen.SampleAsync(
            async (count, cell, entries, one, other) =>
            {
                var workspace = new MemoryWorkspace();
                var cellBytes = IndexPart.CellBytes(count * 10L, new ScanSettings { CellBytes = cell, MaxIndexEntries = entries });
                var part = new IndexPart(cellBytes);
                for (var i = 0; i < count; i++)
                    part.Add(i * 10L, i + 1);
                await SparseIndex.WriteAsync(workspace, IndexPart.Merge([part], cellBytes));
                using (var file = workspace.OpenRead(WorkspaceFiles.Index))
                    Assert.True(file.Length <= SparseIndex.HeaderBytes + (entries * SparseIndex.EntryBytes));

                var start = (long)(one * count);
                var end = start + 1 + (long)(other * (count - start));
                end = Math.Min(end, count);
                var range = SparseIndex.Find(workspace, "a", start, end);
                Assert.InRange(range.FirstItem, 0, start);
                Assert.Equal(new Place(range.FirstItem * 10, range.FirstItem + 1), range.First);
                Assert.True(range.First.Offset > (start * 10) - cellBytes);
                Assert.True(range.EndOffset >= end * 10);
                Assert.True(range.EndOffset == long.MaxValue || range.EndOffset < (end * 10) + cellBytes + 10);
            },
            iter: 500,
            threads: 1);
    }
}
