using System.Text;
using System.Text.Json;
using Fanout.Conformance.Sources;
using Fanout.Handlers;
using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>Runs over texts that are planned by several activities.</summary>
public sealed class SplitPlanRunTests
{
    private const int Lines = 1_000;
    private const int LineBytes = 10;
    private const int PartBytes = 320;
    private const int Parts = 32;
    private const int AtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ScanSettings Small = new() { BlockBytes = 64, CellBytes = 32, PartBytes = PartBytes, SplitFileFrom = PartBytes, SplitRemoteFrom = PartBytes };

    private readonly MemoryRemote _remote = new(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Lines).Select(i => Line(i) + "\n"))));

    [Fact]
    public async Task FileThatIsPlannedInParts_HasEachItemOnce_AndTheIndexOfOneScan()
    {
        await using var home = await OpenAsync(Small);
        var file = JsonSerializer.Serialize(home.File("in.txt", [.. Enumerable.Range(0, Lines).Select(Line)]));
        var report = await home.RunAsync($$"""{ "id": "split", "handler": { "name": "echo" }, "source": { "kind": "lines", "path": {{file}} } }""");
        await AssertAllSucceededAsync(home, report);
        Assert.Equal(Parts, WhenPartsWereWritten(home).Length);

        await using var other = await OpenAsync(Small with { SplitFileFrom = null });
        await AssertAllSucceededAsync(other, await other.RunAsync($$"""{ "id": "whole", "handler": { "name": "echo" }, "source": { "kind": "lines", "path": {{file}} } }"""));
        Assert.Equal(["index"], Directory.GetFiles(Path.Combine(other.Path, "sources", "whole")).Select(Path.GetFileName));
        Assert.Equal(await File.ReadAllBytesAsync(Index(other, "whole")), await File.ReadAllBytesAsync(Index(home, "split")));
    }

    [Fact]
    public async Task RunThatIsInterruptedBetweenParts_PlansOnlyTheOthersAgain()
    {
        using var held = new SemaphoreSlim(0);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _remote.OnRead = async offset =>
        {
            if (!IsOfThoseBegunLater(offset))
                return;
            held.Release();
            await goOn.Task;
        };
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        try
        {
            DateTime[] before;
            await using (var home = await OpenAsync(Small, directory))
            {
                using var stop = new CancellationTokenSource();
                var driving = home.Fanout.Driver.DriveAsync(await home.StartAsync(OverTheBlob), stop.Token, stop.Token);
                for (var part = 0; part < AtOnce; part++)
                    Assert.True(await held.WaitAsync(Patience));
                before = WhenPartsWereWritten(home);
                Assert.Equal(AtOnce, before.Length);
                await stop.CancelAsync();
                Assert.Null(await driving);
            }

            goOn.SetResult();
            await using var again = await OpenAsync(Small, directory);
            await AssertAllSucceededAsync(again, await again.RunAsync(OverTheBlob));
            var after = WhenPartsWereWritten(again);
            Assert.Equal(Parts, after.Length);
            Assert.Equal(before, after[..AtOnce]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task SourceThatChangesBetweenParts_FailsTheRunAndSaysSo()
    {
        _remote.OnRead = offset =>
        {
            if (IsOfThoseBegunLater(offset))
                _remote.Tag = "\"another\"";
            return Task.CompletedTask;
        };
        await using var home = await OpenAsync(Small);
        var report = await home.RunAsync(OverTheBlob);
        Assert.Equal((RunStatus.Failed, CompletionReason.SourceFailed, null), (report.Status, report.Reason, report.Total));
        Assert.Contains("changed", report.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Index(home, "split")));
    }

    private const string OverTheBlob = """{ "id": "split", "handler": { "name": "echo" }, "source": { "kind": "lines", "path": "blob://texts/a" } }""";

    private static string Line(int i) => $"line {i:D4}";

    // Lines end at the borders of parts, so that no part reads beyond its own but for the byte before it.
    private static bool IsOfThoseBegunLater(long offset) => offset >= (AtOnce * PartBytes) - 1 && PartBytes % LineBytes == 0;

    private static string Index(TestHome home, string run) => Path.Combine(home.Path, "sources", run, "index");

    private static DateTime[] WhenPartsWereWritten(TestHome home) =>
        [.. Enumerable.Range(0, SourceSplit.MaxParts).Select(part => Path.Combine(home.Path, "sources", "split", WorkspaceFiles.IndexPart(part))).Where(File.Exists).Select(File.GetLastWriteTimeUtc)];

    private Task<TestHome> OpenAsync(ScanSettings settings, string? directory = null) => TestHome.OpenAsync(
        fanout =>
        {
            fanout.AddHandler<string, string>("echo", text => text);
            fanout.Services.AddSingleton(settings).AddSingleton<IRemoteSources>(_remote);
        },
        directory,
        grace: TimeSpan.Zero);

    private static async Task AssertAllSucceededAsync(TestHome home, RunReport report)
    {
        Assert.Equal((RunStatus.Succeeded, Lines), (report.Status, report.Total));
        var lines = await home.ResultsAsync(report.RunId);
        Assert.Equal(Enumerable.Range(0, Lines).Select(Line), lines.Select(line => line.Output!.Value.GetString()));
    }
}
