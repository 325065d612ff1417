using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Client;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>Profiles of real processes: what their handlers do is in the flame graph by its name.</summary>
public sealed class ProfileTests : IDisposable
{
    private const string Handler = "Fanout.TestApp.BusyHandler";

    private readonly ProcessHome _home = new();

    private string Output => Path.Combine(_home.Root, "profiles");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("--cpu", Handler + ".Compute", Handler + ".Compute")]
    [InlineData("--alloc", Handler + ".Allocate", "System.Int32[]")]
    [InlineData("--locks", Handler + ".WaitInLine", Handler + ".WaitInLine")]
    public async Task RunUnderWay_IsProfiled(string kind, string method, string heaviest)
    {
        await using var run = await StartBusyAsync();
        var exit = (await FanoutAsync("profile", "r", kind, "--seconds", "2", "--out", Path.Combine(_home.Root, "p"))).AssertCode(0);
        Assert.Contains($"%  {heaviest}\n", exit.Output, StringComparison.Ordinal);
        Assert.Contains(method, await File.ReadAllTextAsync(Path.Combine(_home.Root, "p.html")), StringComparison.Ordinal);
        Assert.Equal("Nettrace", (await File.ReadAllTextAsync(Path.Combine(_home.Root, "p.nettrace")))[..8]);
        Assert.Contains("Ctrl+C ends it early.", exit.Error, StringComparison.Ordinal);
        Assert.False(run.HasExited);
    }

    [Fact]
    public async Task FirstCtrlC_EndsTheRecording_AndWritesWhatThereIs()
    {
        await using var run = await StartBusyAsync();
        await using var profile = AppProcess.Start(AppProcess.Fanout, ["profile", "--pid", Id(run), "--seconds", "3600", "--out", Output + "/", "--home", _home.Path]);
        await profile.SaysAsync("Recording cpu");
        // Once the file has something in it the recording has begun.
        await UntilAsync(() => Task.FromResult(Directory.Exists(Output) && Directory.EnumerateFiles(Output, "*.nettrace").Any(file => new FileInfo(file).Length > 0)));
        profile.Signal(AppProcess.SigInt);
        (await profile.ExitAsync()).AssertCode(0);
        Assert.Contains($"process {Id(run)}: cpu", await File.ReadAllTextAsync(Directory.EnumerateFiles(Output, $"process-{Id(run)}-cpu-*.html").Single()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_SaysWhereItIsAndWhatItCameTo()
    {
        await using var run = await StartBusyAsync();
        var exit = (await FanoutAsync("profile", "r", "--seconds", "1", "--json", "--out", Output + "/")).AssertCode(0);
        var said = JsonElement.Parse(exit.Output);
        Assert.Equal("", exit.Error);
        Assert.Equal(("r", "cpu", "samples"), (said.GetProperty("runId").GetString(), said.GetProperty("kind").GetString(), said.GetProperty("unit").GetString()));
        Assert.True(File.Exists(said.GetProperty("trace").GetString()) && File.Exists(said.GetProperty("page").GetString()));
        Assert.Contains(said.GetProperty("methods").EnumerateArray(), method => method.GetProperty("name").GetString() == Handler + ".Compute");
        Assert.InRange(said.GetProperty("total").GetInt64(), 1, long.MaxValue);
    }

    [Fact]
    public async Task RunThatNobodyDrives_IsRefused()
    {
        await using (var run = await StartBusyAsync())
            await run.KillAsync();
        Assert.Contains("is driven by nobody now", (await FanoutAsync("profile", "r")).AssertCode(2).Error, StringComparison.Ordinal);
        Assert.Contains("no run", (await FanoutAsync("profile", "other")).AssertCode(2).Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ProcessWithoutDiagnostics_IsRefused(bool anotherHadItsId)
    {
        await using var run = await StartBusyAsync(new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" });
        var left = Path.Combine(Path.GetTempPath(), $"dotnet-diagnostic-{Id(run)}-1-socket");
        if (anotherHadItsId)
            await File.WriteAllTextAsync(left, "");
        try
        {
            var exit = (await FanoutAsync("profile", "r", "--seconds", "1")).AssertCode(2);
            Assert.Contains("has its diagnostics turned off", exit.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(left);
        }
    }

    [Fact]
    public async Task WhatIsNoProcessOfDotNet_IsRefused()
    {
        Assert.Contains("no such process", (await FanoutAsync("profile", "--pid", "2147483646")).AssertCode(2).Error, StringComparison.Ordinal);
        using var sleep = System.Diagnostics.Process.Start("sleep", "600");
        try
        {
            Assert.Contains("is no .NET process", (await FanoutAsync("profile", "--pid", sleep.Id.ToString(CultureInfo.InvariantCulture))).AssertCode(2).Error, StringComparison.Ordinal);
        }
        finally
        {
            sleep.Kill();
        }
    }

    [Fact]
    public async Task FullDisk_IsSaid_AndNothingIsLeftThere()
    {
        using var disk = new SmallDisk(64);
        await using var run = await StartBusyAsync();
        var exit = (await AppProcess.RunAsync(AppProcess.Fanout, ["profile", "r", "--seconds", "60", "--out", Path.Combine(disk.Path, "p"), "--home", _home.Path], before: disk.Before)).AssertCode(3);
        Assert.Contains("the trace cannot be written", exit.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(disk.Path, "p.nettrace")));
    }

    [Fact]
    public async Task Server_IsProfiledThroughItsRoute()
    {
        await using var server = AppProcess.Start(AppProcess.TestApp, ["serve", "--urls", "http://127.0.0.1:0", "--home", _home.Path, "--allow-profile"]);
        var url = (await server.SaysAsync("Listening on ")).Split(' ')[2].TrimEnd('.');
        using var client = new FanoutClient(new Uri(url));
        var refused = (await AppProcess.RunAsync(AppProcess.Fanout, ["profile", "r", "--server", url])).AssertCode(2);
        Assert.Contains("no run", refused.Error, StringComparison.OrdinalIgnoreCase);
        await client.StartAsync(JsonNode.Parse("""{"id":"r","handler":{"name":"busy"},"source":{"kind":"range","start":0,"end":1000000},"flow":{"concurrency":2}}""")!.AsObject());
        await UntilAsync(async () => await client.GetAsync("r") is { DrivenBy: not null, Progress.InFlight: > 0 });
        var exit = (await AppProcess.RunAsync(AppProcess.Fanout, ["profile", "r", "--server", url, "--seconds", "2", "--out", Output + "/"])).AssertCode(0);
        Assert.Contains(Handler + ".Compute", exit.Output, StringComparison.Ordinal);
        Assert.Contains(Handler, await File.ReadAllTextAsync(Directory.EnumerateFiles(Output, "r-cpu-*.html").Single()), StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        using var page = await http.PostAsync("api/profile?seconds=1&format=html", content: null);
        Assert.Contains(Handler, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/api/profile\"", await File.ReadAllTextAsync(Path.Combine(_home.Path, "audit.jsonl")), StringComparison.Ordinal);
    }

    private static string Id(AppProcess process) => process.Id.ToString(CultureInfo.InvariantCulture);

    private Task<AppExit> FanoutAsync(params string[] args) => AppProcess.RunAsync(AppProcess.Fanout, [.. args, "--home", _home.Path]);

    private async Task<AppProcess> StartBusyAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var run = AppProcess.Start(AppProcess.TestApp, ["run", "--range", "0..1000000", "--handler", "busy", "--id", "r", "--concurrency", "2", "--home", _home.Path, "--quiet"], environment);
        await UntilAsync(async () =>
        {
            var status = await FanoutAsync("status", "r", "--json");
            return status.Code == 0 && JsonElement.Parse(status.Output).TryGetProperty("progress", out var progress) && progress.GetProperty("inFlight").GetInt32() > 0;
        });
        return run;
    }

    // Of other processes there is no signal to wait for.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }
}
