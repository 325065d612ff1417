using System.Text.Json;
using Fanout.Tests.Handlers.Http;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>Processes that are killed or stopped after their run has ended, and before the world is told.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private readonly ProcessHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task KilledBetweenReportAndAnnouncement_IsAnnouncedOnceMoreByWhoeverResumes()
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var killed = new ManualResetEventSlim();
        await using var server = new LoopbackServer(_ =>
        {
            came.TrySetResult();
            killed.Wait(TimeSpan.FromSeconds(60));
            return LoopbackServer.Answer("200 OK");
        });
        await using (var process = AppProcess.Start(AppProcess.Fanout, Run(server)))
        {
            await came.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await process.KillAsync();
        }

        killed.Set();
        Assert.Contains("announced not yet; go on with: ", (await OfAsync("status")).AssertCode(0).Output, StringComparison.Ordinal);
        Assert.Contains("announced yes", (await OfAsync("resume")).AssertCode(0).Output, StringComparison.Ordinal);
        (await OfAsync("resume")).AssertCode(2);
        Assert.Equal(2, server.Requests.Count);
        var body = Assert.Single(server.Requests.Select(request => request.Body).Distinct());
        var status = JsonElement.Parse((await OfAsync("status", "--json")).AssertCode(0).Output);
        Assert.Equal(status.GetProperty("report").GetRawText(), body);
        Assert.Equal("Announced", status.GetProperty("announcement").GetProperty("status").GetString());
    }

    [Fact]
    public async Task CtrlCWhileTheReceiverIsBusy_LeavesItToBeResumed()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("503 Service Unavailable"));
        await using var process = AppProcess.Start(AppProcess.Fanout, Run(server));
        await process.SaysAsync($"{server.Url} answered 503 (attempt 1 of 8); the next attempt is in 5s");
        process.Signal(AppProcess.SigInt);
        var exit = (await process.ExitAsync()).AssertCode(130);
        Assert.StartsWith("Run r succeeded", exit.Output, StringComparison.Ordinal);
        Assert.Contains($"announced not yet: {server.Url} answered 503 (attempt 1 of 8); go on with: ", exit.Output, StringComparison.Ordinal);
    }

    private string[] Run(LoopbackServer server) =>
        ["run", "--range", "0..3", "--handler", "noop", "--id", "r", "--home", _home.Path, "--on-complete-webhook", $"{server.Url}/hooks"];

    private Task<AppExit> OfAsync(string command, params string[] more) => AppProcess.RunAsync(AppProcess.Fanout, [command, "r", "--home", _home.Path, .. more]);
}
