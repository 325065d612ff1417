using System.Text.Json;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>Runs that messages ask for.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class CoordinateTests : IAsyncLifetime, IDisposable
{
    private const string Exec = """{"id":"e","handler":{"name":"exec","options":{"command":["true"]}},"source":{"kind":"range","start":0,"end":3}}""";

    private HubHome _home = null!;

    public async Task InitializeAsync() => _home = await HubHome.SharedAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task ASpecInTheQueue_IsRunAndItsEndAnnounced()
    {
        await using var worker = _home.Work("--quiet");
        await using var coordinator = _home.Start("coordinate");
        await PutAsync("{ \"handler\": 7 }");
        await PutAsync(Exec);
        await PutAsync($$$"""
            {"id":"r","handler":{"name":"noop"},"source":{"kind":"range","start":0,"end":1000},"batch":{"dispatch":"queue"},"onComplete":{"queue":"{{{_home.Hub.Hub}}}-done"}}
            """);
        var announced = await Batches.UntilAsync(async () => await PeekAsync("done") is [var one] ? one : null);
        var report = JsonElement.Parse(announced);
        Assert.Equal(("r", "Succeeded", 1_000), (
            report.GetProperty("runId").GetString(), report.GetProperty("status").GetString(), report.GetProperty("tally").GetProperty("succeeded").GetInt32()));
        var refused = await Batches.UntilAsync(async () => await PeekAsync("requests-poison") is { Count: 2 } all ? all : null);
        Assert.Contains(refused, message => ReasonOf(message).Contains("/handler", StringComparison.Ordinal) && MessageOf(message) == "{ \"handler\": 7 }");
        Assert.Contains(refused, message => ReasonOf(message).Contains("runs commands", StringComparison.Ordinal) && MessageOf(message) == Exec);

        coordinator.Signal(AppProcess.SigTerm);
        Assert.Contains("Run r succeeded", (await coordinator.ExitAsync()).AssertCode(0).Output, StringComparison.Ordinal);
        await _home.AssertSucceededAsync(1_000);
    }

    [Fact]
    public async Task ACommandThatIsAllowed_IsRun()
    {
        await using var coordinator = _home.Start("coordinate", "--allow-exec");
        await PutAsync(Exec);
        await Batches.UntilAsync(async () =>
            (await _home.RunAsync("status", "e")).Output.Contains("succeeded", StringComparison.OrdinalIgnoreCase) ? "over" : null);
        coordinator.Signal(AppProcess.SigInt);
        (await coordinator.ExitAsync()).AssertCode(0);
        Assert.Empty(await PeekAsync("requests-poison"));
    }

    private Task PutAsync(string text) => Batches.PutAsync(_home.Hub, AzureRequestQueue.Name, text, encoded: false);

    private Task<IReadOnlyList<string>> PeekAsync(string queue) => Batches.PeekAsync(_home.Hub, queue);

    private static string ReasonOf(string poisoned) => JsonElement.Parse(poisoned).GetProperty("reason").GetString()!;

    private static string MessageOf(string poisoned) => JsonElement.Parse(poisoned).GetProperty("message").GetString()!;
}
