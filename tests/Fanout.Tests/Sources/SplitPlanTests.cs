using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Serialization;
using Fanout.Sources;
using Fanout.Storage;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class SplitPlanTests
{
    private const long MiB = 1 << 20;

    private static readonly CancellationToken Never = CancellationToken.None;

    private static readonly ScanSettings Small = new() { SplitRemoteFrom = 1, SplitFileFrom = 1, PartBytes = 10 };

    [Fact]
    public async Task AnyText_PlannedBySeveral_InAnyOrderAndAgain_HasTheIndexAndTheItemsOfOneScan()
    {
        var gen = Gen.Select(TextScanTests.GenText, Gen.Int[1, 100], Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 9], Gen.Bool, Gen.Int[0, 1_000]);
        await gen.SampleAsync(
            async (text, part, block, cell, entries, isJsonl, seed) =>
            {
                var settings = new ScanSettings { BlockBytes = block, CellBytes = cell, MaxIndexEntries = entries, PartBytes = part, SplitRemoteFrom = 1 };
                FileSourceSpec spec = isJsonl ? new JsonlSourceSpec { Path = "blob://texts/a" } : new LinesSourceSpec { Path = "blob://texts/a" };
                var remote = new MemoryRemote(Encoding.UTF8.GetBytes(text));
                ISplitPlanSource NewSource() => Split(spec, remote, settings);
                var one = new MemoryWorkspace();
                var expected = await NewSource().Plan(one);

                var several = new MemoryWorkspace();
                if (await NewSource().SplitAsync(several, Never) is not { } split)
                {
                    // Of what there is at least one byte, there is one part.
                    Assert.True(Encoding.UTF8.GetByteCount(text.TrimStart('\uFEFF')) <= part);
                    return;
                }

                split = ThroughAHistory(split);
                var parts = new PlannedPart[split.Parts];
                var order = Enumerable.Range(0, split.Parts).Append(seed % split.Parts).ToArray();
                new Random(seed).Shuffle(order);
                foreach (var number in order)
                    parts[number] = ThroughAHistory(await NewSource().PlanPartAsync(split, number, several, Never));
                var plan = await NewSource().MergeAsync(split, parts, several, Never);

                Assert.Equal(expected, plan);
                Assert.Equal(Index(one), Index(several));
                Assert.Equal(await NewSource().Read(plan, one, 0, plan.ItemCount), await NewSource().Read(plan, several, 0, plan.ItemCount));
            },
            iter: 1_000,
            threads: 1);
    }

    [Theory]
    [InlineData(256, 4, 64)]
    [InlineData(4_096, 64, 64)]
    [InlineData(4_097, 64, 65)]
    [InlineData(100 * 1_024, 64, 1_600)]
    [InlineData(190L * 1_024 * 1_024, 64, 3_112_960)]
    public void LongerText_HasMoreParts_AndThenLargerOnes(long textMiB, int parts, long largestMiB)
    {
        var split = TextSplit.Of(Stamp(textMiB * MiB), 0, new ScanSettings());
        Assert.Equal(parts, split.Parts.Count);
        Assert.InRange(split.PartBytes, 1, largestMiB * MiB);
        var read = TextSplit.Parse(new SourceSplit(parts, split.ToString()).State, "a");
        Assert.Equal(split, read);
    }

    [Fact]
    public async Task RemoteTextBelowTheThreshold_IsNotSplit()
    {
        var settings = new ScanSettings();
        Assert.Equal(256 * MiB, settings.SplitRemoteFrom);
        var remote = new MemoryRemote(Encoding.UTF8.GetBytes("0123456789\n0123456789\n"));
        Assert.Null(await Split(new LinesSourceSpec { Path = "blob://texts/a" }, remote, settings with { SplitRemoteFrom = 23, PartBytes = 1 }).SplitAsync(new MemoryWorkspace(), Never));
        Assert.NotNull(await Split(new LinesSourceSpec { Path = "blob://texts/a" }, remote, settings with { SplitRemoteFrom = 22, PartBytes = 1 }).SplitAsync(new MemoryWorkspace(), Never));
    }

    [Fact]
    public async Task FileAndWhatMustBeCopied_AreNotSplit()
    {
        using var directory = new TemporaryDirectory();
        var file = new LinesSourceSpec { Path = directory.Write("a", "0123456789\n0123456789\n") };
        Assert.Null(await Split(file, null, Small with { SplitFileFrom = new ScanSettings().SplitFileFrom }).SplitAsync(new MemoryWorkspace(), Never));
        Assert.NotNull(await Split(file, null, Small).SplitAsync(new MemoryWorkspace(), Never));

        var remote = new MemoryRemote(new byte[100]);
        Assert.Null(await Split(new LinesSourceSpec { Path = "blob://texts/a.gz" }, remote, Small).SplitAsync(new MemoryWorkspace(), Never));
        Assert.Null(await Split(new LinesSourceSpec { Path = directory.Write("a.gz", new byte[100]) }, null, Small).SplitAsync(new MemoryWorkspace(), Never));
        Assert.Null(await Split(new LinesSourceSpec { Path = "-" }, null, Small).SplitAsync(new MemoryWorkspace(), Never));
    }

    [Fact]
    public void RecordsOfSeveralLines_AndRunsWithLimitsByKey_AreNotSplit()
    {
        var remote = new MemoryRemote(new byte[100]);
        Assert.False(Create(new CsvSourceSpec { Path = "blob://texts/a" }, remote, Small) is ISplitPlanSource);
        Assert.False(Create(new JsonSourceSpec { Path = "blob://texts/a" }, remote, Small) is ISplitPlanSource);
        ISource keyed = new KeyedSource(Create(new JsonlSourceSpec { Path = "blob://texts/a" }, remote, Small), "/key", SortSettings.Default);
        Assert.False(keyed is ISplitPlanSource);
    }

    [Fact]
    public async Task TextThatIsCompressedUnderAnotherName_IsRefusedAtTheSplit()
    {
        var remote = new MemoryRemote([0x1F, 0x8B, .. new byte[100]]);
        await Assert.ThrowsAsync<SourceException>(async () => await Split(new LinesSourceSpec { Path = "blob://texts/a" }, remote, Small).SplitAsync(new MemoryWorkspace(), Never));
    }

    [Fact]
    public async Task BlobThatChangesBetweenParts_IsRefusedByTheNextPart_AndByTheMerge()
    {
        var remote = new MemoryRemote(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("0123456789\n", 4))));
        var source = Split(new LinesSourceSpec { Path = "blob://texts/a" }, remote, Small);
        var (workspace, split, parts) = await PlanPartsAsync(source);
        remote.Tag = "\"0x2\"";
        await Assert.ThrowsAsync<SourceException>(async () => await source.PlanPartAsync(split, 1, workspace, Never));
        var refused = await Assert.ThrowsAsync<SourceException>(async () => await source.MergeAsync(split, parts, workspace, Never));
        Assert.Contains("its ETag was", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatChangesBetweenParts_IsRefusedByTheNextPart_AndByTheMerge()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("a", string.Concat(Enumerable.Repeat("0123456789\n", 4)));
        var source = Split(new LinesSourceSpec { Path = path }, null, Small);
        var (workspace, split, parts) = await PlanPartsAsync(source);
        await File.AppendAllTextAsync(path, "more\n");
        foreach (var step in new Func<Task>[] { async () => await source.PlanPartAsync(split, 1, workspace, Never), async () => await source.MergeAsync(split, parts, workspace, Never) })
        {
            var refused = await Assert.ThrowsAsync<SourceException>(step);
            Assert.Contains("its size was 44 bytes and is 49", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatAPartLeft_IsRefusedWhenItIsGoneOrNotWhatWasRecorded()
    {
        var remote = new MemoryRemote(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("0123456789\n", 4))));
        var source = Split(new LinesSourceSpec { Path = "blob://texts/a" }, remote, Small);
        var (workspace, split, parts) = await PlanPartsAsync(source);
        var name = WorkspaceFiles.IndexPart(2);
        using var left = new MemoryStream();
        await workspace.OpenRead(name).CopyToAsync(left);
        foreach (var bytes in new[] { [], left.ToArray()[..^1], left.ToArray()[..20], new byte[left.Length] })
        {
            workspace.Replace(name, bytes);
            Assert.Contains("damaged", (await RefusedAsync(parts)).Message, StringComparison.Ordinal);
        }

        workspace.Replace(name, left.ToArray());
        Assert.Contains("damaged", (await RefusedAsync([.. parts.Select((part, i) => i == 2 ? new PlannedPart(part.ItemCount + 1) : part)])).Message, StringComparison.Ordinal);
        workspace.Delete(name);
        Assert.Contains(name, (await RefusedAsync(parts)).Message, StringComparison.Ordinal);

        Task<SourceException> RefusedAsync(PlannedPart[] found) =>
            Assert.ThrowsAsync<SourceException>(async () => await source.MergeAsync(split, found, workspace, Never));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- 10 -")]
    [InlineData("- 10 - | 0 0 1")]
    [InlineData("- 10 - | 0 1 0")]
    [InlineData("- 10 - | 0 1 x")]
    public void StateOfSomethingElse_IsRefused(string state) => Assert.Throws<SourceException>(() => TextSplit.Parse(state, "'a'"));

    [Fact]
    public void SplitThatAHistoryCouldNotHold_CannotBeMade()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SourceSplit(0, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SourceSplit(SourceSplit.MaxParts + 1, ""));
        Assert.Throws<ArgumentException>(() => new SourceSplit(1, new string('x', SourceSplit.MaxStateLength + 1)));
    }

    private static async Task<(MemoryWorkspace Workspace, SourceSplit Split, PlannedPart[] Parts)> PlanPartsAsync(ISplitPlanSource source)
    {
        var workspace = new MemoryWorkspace();
        var split = (await source.SplitAsync(workspace, Never))!;
        var parts = new PlannedPart[split.Parts];
        for (var part = 0; part < parts.Length; part++)
            parts[part] = await source.PlanPartAsync(split, part, workspace, Never);
        Assert.Equal(4, (await source.MergeAsync(split, parts, workspace, Never)).ItemCount);
        return (workspace, split, parts);
    }

    private static ISource Create(SourceSpec spec, MemoryRemote? remote, ScanSettings settings) => SourceReading.Factory(settings, remote: remote).Create(spec);

    private static ISplitPlanSource Split(SourceSpec spec, MemoryRemote? remote, ScanSettings settings) => (ISplitPlanSource)Create(spec, remote, settings);

    private static ContentStamp Stamp(long bytes) =>
        new(null, bytes, null) { Remote = new RemoteVersion(bytes, string.Create(CultureInfo.InvariantCulture, $"\"0x8D | {bytes}\"")) };

    private static T ThroughAHistory<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, FanoutJson.Options), FanoutJson.Options)!;

    private static byte[] Index(MemoryWorkspace workspace)
    {
        using var index = new MemoryStream();
        workspace.OpenRead(WorkspaceFiles.Index).CopyTo(index);
        return index.ToArray();
    }
}
