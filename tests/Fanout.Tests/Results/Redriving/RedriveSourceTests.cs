using System.Text;
using CsCheck;
using Fanout.Results;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Results.Redriving;

public sealed class RedriveSourceTests : IDisposable
{
    private const string Run = "first";

    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryStore _temporary = new();
    private readonly MemoryWorkspace _workspace = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(RedriveSelection.All, null, "1 2 3 5 6")]
    [InlineData(RedriveSelection.Failed, null, "1 6")]
    [InlineData(RedriveSelection.TimedOut, null, "2")]
    [InlineData(RedriveSelection.Cancelled, null, "3 5")]
    [InlineData(RedriveSelection.All, "REFUSED", "3 6")]
    [InlineData(RedriveSelection.All, "timeout", "2")]
    [InlineData(RedriveSelection.Cancelled, "refused", "3")]
    public async Task Selection_TakesWhatBecameOfItems(RedriveSelection only, string? whereError, string expected)
    {
        var earlier = await StoppedRunAsync(KeepResults.All);
        var items = await RedriveAsync(new RedriveSourceSpec { Run = Run, Only = only, WhereError = whereError }, earlier);
        Assert.Equal(expected, string.Join(' ', items.Select(item => item.Text)));
        Assert.Equal(Enumerable.Range(0, items.Count).Select(index => (long)index), items.Select(item => item.Index));
        Assert.All(items, item => Assert.Equal($"first/{item.Text}", item.Key));
    }

    [Fact]
    public async Task RunThatSucceeded_HasNothingToRedriveWhateverItKept()
    {
        foreach (var keep in Enum.GetValues<KeepResults>())
        {
            var earlier = await EarlierAsync(keep, [Value(0)], keep == KeepResults.All ? [TestLines.Succeeded(0)] : [], notStarted: 0);
            Assert.Empty(await RedriveAsync(new RedriveSourceSpec { Run = Run }, earlier));
        }
    }

    [Theory]
    [InlineData(RedriveSelection.All, null)]
    [InlineData(RedriveSelection.Cancelled, null)]
    [InlineData(RedriveSelection.Failed, "1 6")]
    [InlineData(RedriveSelection.TimedOut, "2")]
    public async Task StoppedRunThatKeptFailuresOnly_GivesOnlyWhatItKnows(RedriveSelection only, string? expected)
    {
        var spec = new RedriveSourceSpec { Run = Run, Only = only };
        var earlier = await StoppedRunAsync(KeepResults.Failures);
        if (expected is not null)
            Assert.Equal(expected, string.Join(' ', (await RedriveAsync(spec, earlier)).Select(item => item.Text)));
        else
            Assert.Contains("cannot be told from those that succeeded", await RefusalAsync(spec, earlier), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompletedRunThatKeptFailuresOnly_GivesAll()
    {
        var earlier = await EarlierAsync(
            KeepResults.Failures, [Value(0), Value(1), Value(2)], [TestLines.Unsuccessful(2, OutcomeStatus.TimedOut), TestLines.Unsuccessful(1, OutcomeStatus.Failed)], notStarted: 0);
        Assert.Equal(["1", "2"], (await RedriveAsync(new RedriveSourceSpec { Run = Run }, earlier)).Select(item => item.Text));
    }

    [Fact]
    public async Task WhatCannotBeRedriven_IsRefusedWithTheReason()
    {
        var spec = new RedriveSourceSpec { Run = Run };
        var earlier = await StoppedRunAsync(KeepResults.All);
        Assert.Contains("has not ended", await RefusalAsync(spec, earlier with { Report = null }), StringComparison.Ordinal);
        Assert.Contains("kept no results", await RefusalAsync(spec, earlier with { Keep = KeepResults.None }), StringComparison.Ordinal);
        Assert.Contains("before its source was read", await RefusalAsync(spec, earlier with { Plan = null }), StringComparison.Ordinal);
        Assert.Contains("There is no run 'first'", await RefusalAsync(spec, null), StringComparison.Ordinal);
        ((ListSource)earlier.Source).HasChanged = true;
        Assert.Equal("The list has changed.", await RefusalAsync(spec, earlier));
    }

    [Fact]
    public async Task ChainOfRedrives_KeepsTheFirstKeysTextsAndDefects()
    {
        Item[] items =
        [
            new(0, "\"plain\ntext\""u8.ToArray(), IsText: true) { Key = "own key" },
            new(1, "{\"a\":\n 1}"u8.ToArray(), IsText: false),
            new(2, "{bad"u8.ToArray(), IsText: false) { Defect = new ItemError("MalformedItem", "Line 3 is no JSON.") },
            new(3, default, IsText: true),
        ];
        ResultLine[] failed = [.. Enumerable.Range(0, 4).Select(index => TestLines.Unsuccessful(index, OutcomeStatus.Failed))];
        var first = await EarlierAsync(KeepResults.All, items, failed, notStarted: 0);
        var second = new RedriveSource(new RedriveSourceSpec { Run = Run }, _temporary.Store, _ => ValueTask.FromResult<EarlierRun?>(first));
        var plan = await second.PlanAsync(_workspace, Never);

        var part = await _temporary.AddPartAsync("second", "part-0.jsonl", failed);
        var secondRun = first with { RunId = "second", Parts = [part], Source = second, Plan = plan, Workspace = _workspace };
        var third = await RedriveAsync(new RedriveSourceSpec { Run = "second" }, secondRun, new MemoryWorkspace());

        Assert.Equal(["own key", "first/1", "first/2", "first/3"], third.Select(item => item.Key));
        Assert.Equal(items.Select(item => Encoding.UTF8.GetString(item.Value.Span)), third.Select(item => item.Text));
        Assert.Equal(items.Select(item => (item.IsText, item.Defect)), third.Select(item => (item.IsText, item.Defect)));
    }

    [Fact]
    public async Task FewFailuresOfMany_AreFoundWithoutReadingTheWholeSource()
    {
        var source = new ListSource([.. Enumerable.Range(0, 50_000).Select(Value)]);
        var part = await _temporary.AddPartAsync(Run, "part-0.jsonl", [TestLines.Unsuccessful(10, OutcomeStatus.Failed), TestLines.Unsuccessful(40_000, OutcomeStatus.Failed), TestLines.Unsuccessful(40_100, OutcomeStatus.Failed)]);
        var earlier = Earlier(KeepResults.Failures, source, 50_000, [part], unsuccessful: 3, notStarted: 0);
        Assert.Equal(["10", "40000", "40100"], (await RedriveAsync(new RedriveSourceSpec { Run = Run }, earlier)).Select(item => item.Text));
        Assert.Equal([10L, 40_000L], source.OpenedAt);
    }

    [Fact]
    public Task AnyRange_ReadsItsItems() =>
        Gen.Select(Gen.Int[0, 5_000], Gen.Int[0, 5_000], Gen.Int[0, 5_000], Gen.Int[0, 3]).SampleAsync(async (count, a, b, size) =>
        {
            var workspace = new MemoryWorkspace();
            var source = new ListSource([.. Enumerable.Range(0, count).Select(index => Value(index) with { Key = new string('k', index % 300) })]);
            var earlier = Earlier(KeepResults.All, source, count, [], unsuccessful: 0, notStarted: count);
            var (start, end) = (Math.Min(Math.Min(a, b), count), Math.Min(Math.Max(a, b), count));
            var redrive = Redrive(new RedriveSourceSpec { Run = Run }, earlier);
            var plan = await redrive.PlanAsync(workspace, Never);
            Assert.Equal(count, plan.ItemCount);
            var items = await ReadAsync(redrive, plan, workspace, start, end);
            Assert.Equal(Enumerable.Range(start, end - start).Select(index => ((long)index, $"{index}", new string('k', index % 300))), items.Select(item => (item.Index, item.Text, item.Key!)));
        }, iter: 30, threads: 1);

    [Fact]
    public async Task ItemLargerThanTheBuffer_IsReadWhole()
    {
        var large = new string('x', 900_000);
        Item[] items = [Value(0), new Item(1, Encoding.UTF8.GetBytes(large), IsText: true), Value(2)];
        var read = await RedriveAsync(new RedriveSourceSpec { Run = Run }, await EarlierAsync(KeepResults.All, items, [], notStarted: 3));
        Assert.Equal(["0", large, "2"], read.Select(item => item.Text));
    }

    [Fact]
    public async Task SpoolThatIsGoneOrDamaged_IsReported()
    {
        var redrive = Redrive(new RedriveSourceSpec { Run = Run }, await StoppedRunAsync(KeepResults.All));
        await Assert.ThrowsAsync<SourceException>(async () => await redrive.VerifyAsync(new SourcePlan(5, null), _workspace, Never));
        var plan = await redrive.PlanAsync(_workspace, Never);
        await redrive.VerifyAsync(plan, _workspace, Never);
        _workspace.Cut("redrive.items", 20);
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(redrive, plan, _workspace, 0, 5));
        Assert.Contains("is damaged: it ends before item 1", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Items 0 and 4 succeeded, 1 and 6 failed, 2 timed out, 3 was cancelled, 5 was never started.</summary>
    private Task<EarlierRun> StoppedRunAsync(KeepResults keep)
    {
        ResultLine[] lines =
        [
            TestLines.Unsuccessful(1, OutcomeStatus.Failed, "Http500", "It broke."),
            TestLines.Succeeded(0),
            TestLines.Unsuccessful(6, OutcomeStatus.Failed, "SocketException", "Connection refused"),
            TestLines.Unsuccessful(2, OutcomeStatus.TimedOut, "TimeoutException", "Ran longer than 10 s."),
            TestLines.Succeeded(4),
            TestLines.Unsuccessful(3, OutcomeStatus.Cancelled, "Cancelled", "Refused by the user"),
        ];
        return EarlierAsync(
            keep, [.. Enumerable.Range(0, 7).Select(Value)], [.. lines.Where(line => keep == KeepResults.All || line.Status != OutcomeStatus.Succeeded)], notStarted: 1);
    }

    private async Task<EarlierRun> EarlierAsync(KeepResults keep, Item[] items, ResultLine[] lines, long notStarted)
    {
        await _temporary.Store.DeleteRunAsync(Run, Never);
        PartRef[] parts = lines.Length == 0 ? [] : [await _temporary.AddPartAsync(Run, "part-0.jsonl", lines)];
        return Earlier(keep, new ListSource(items), items.Length, parts, lines.Count(line => line.Status != OutcomeStatus.Succeeded), notStarted);
    }

    private static EarlierRun Earlier(KeepResults keep, ListSource source, long total, PartRef[] parts, long unsuccessful, long notStarted) => new()
    {
        RunId = Run,
        Keep = keep,
        Parts = parts,
        Source = source,
        Plan = new SourcePlan(total, null),
        Workspace = new MemoryWorkspace(),
        Report = new RunReport
        {
            RunId = Run,
            Status = RunStatus.Failed,
            Reason = CompletionReason.ToleranceExceeded,
            Tally = new Tally { Succeeded = total - unsuccessful - notStarted, Failed = unsuccessful },
            NotStarted = notStarted,
        },
    };

    private static Item Value(int index) => new(index, Encoding.UTF8.GetBytes($"{index}"), IsText: false);

    private RedriveSource Redrive(RedriveSourceSpec spec, EarlierRun? earlier) => new(spec, _temporary.Store, _ => ValueTask.FromResult(earlier));

    private async Task<string> RefusalAsync(RedriveSourceSpec spec, EarlierRun? earlier)
    {
        var redrive = Redrive(spec, earlier);
        var check = await Assert.ThrowsAsync<SourceException>(async () => await redrive.CheckAsync(Never));
        var plan = await Assert.ThrowsAsync<SourceException>(async () => await redrive.PlanAsync(_workspace, Never));
        Assert.Equal(check.Message, plan.Message);
        return check.Message;
    }

    private async Task<List<ReadItem>> RedriveAsync(RedriveSourceSpec spec, EarlierRun earlier, MemoryWorkspace? workspace = null)
    {
        workspace ??= _workspace;
        var redrive = Redrive(spec, earlier);
        await redrive.CheckAsync(Never);
        var plan = await redrive.PlanAsync(workspace, Never);
        return await ReadAsync(redrive, plan, workspace, 0, plan.ItemCount);
    }

    private static async Task<List<ReadItem>> ReadAsync(RedriveSource redrive, SourcePlan plan, MemoryWorkspace workspace, long start, long end)
    {
        var items = new List<ReadItem>();
        await using var reader = await redrive.OpenAsync(plan, workspace, start, end, Never);
        while (await reader.WaitToReadAsync(Never))
        {
            while (reader.TryRead(out var item))
                items.Add(new ReadItem(item.Index, Encoding.UTF8.GetString(item.Value.Span), item.IsText, item.Key, item.Defect));
        }

        return items;
    }

    private sealed record ReadItem(long Index, string Text, bool IsText, string? Key, ItemError? Defect);
}
