using Fanout.Api.Tests.Support;
using Fanout.Dashboard.Tests.Support;
using Fanout.Runs;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>Watching a run, and changing it while it goes on.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class RunTests(Browser browser)
{
    [Fact]
    public async Task RunThatIsWatched_IsShownLive_ToItsEnd()
    {
        await using var host = await StartGatedAsync();
        await browser.VisitAsync(host, "/", async page =>
        {
            await Expect(page.Named(AriaRole.Table, "Runs")).ToBeVisibleAsync();
            await page.Link("gated").ClickAsync();
            await Expect(page.Tab.GetByText("Live", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await page.IsAsync("Running");
            await page.ProgressSaysAsync("0% of 8 items settled.");
            host.Home.Gate.SetResult();
            await page.IsAsync("Succeeded");
            await page.ProgressSaysAsync("All items succeeded. 8 of 8 items settled.");
            await Expect(page.Named(AriaRole.List, "Items").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(8);
            await Expect(page.Button("Redrive…")).ToBeVisibleAsync();
            await Expect(page.Button("Pause")).ToBeHiddenAsync();
        });
    }

    [Fact]
    public async Task ErrorsOfARunUnderWay_AreShown_AndHowLongItsAttemptsTook()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", """{"id":"slow","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":100000},"flow":{"rate":"50/s"}}""")).Is(System.Net.HttpStatusCode.Accepted);
        await browser.VisitAsync(host, "/runs/slow", async page =>
        {
            await Expect(page.Named(AriaRole.List, "Errors by kind").GetByRole(AriaRole.Listitem)).ToContainTextAsync("is even");
            await Expect(page.Part("Over time").GetByText("99th percentile", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await page.IsAsync("Running");
        });
        await host.Home.Fanout.Client.CancelAsync("slow", CancellationToken.None);
    }

    [Fact]
    public async Task RunThatIsPaused_StartsNothing_UntilItIsResumed()
    {
        await using var host = await StartGatedAsync();
        await browser.VisitAsync(host, "/runs/gated", async page =>
        {
            await page.IsAsync("Running");
            await page.Button("Pause").ClickAsync();
            await page.IsAsync("Paused");
            Assert.True((await ControlAsync(host)).Paused);
            // Until who drives it has seen that, it may still start some.
            await Expect(page.Part("Progress").GetByText("paused", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            host.Home.Gate.SetResult();
            // The two that were in flight; no other is begun.
            await page.ProgressSaysAsync("Paused: 25% of 8 items settled.");
            await page.Button("Resume").ClickAsync();
            await page.IsAsync("Succeeded");
        });
        Assert.False((await ControlAsync(host)).Paused);
    }

    [Fact]
    public async Task AllotmentThatIsChanged_IsTheServers()
    {
        await using var host = await StartGatedAsync();
        await browser.VisitAsync(host, "/runs/gated", async page =>
        {
            var allotment = page.Part("Allotment");
            await Expect(page.Field("Concurrency")).ToHaveValueAsync("2");
            await Expect(page.Button("Apply")).ToBeDisabledAsync();
            await page.Field("Concurrency").FillAsync("5");
            await page.Button("Reset").ClickAsync();
            await Expect(page.Field("Concurrency")).ToHaveValueAsync("2");
            await page.Field("Concurrency").FillAsync("8");
            await page.Button("Apply").ClickAsync();
            await Expect(allotment.GetByRole(AriaRole.Status)).ToHaveTextAsync("Applied: concurrency 8.");
            Assert.Equal((8, null), ((await ControlAsync(host)).Concurrency, (await ControlAsync(host)).Rate));
            await page.Field("Rate").FillAsync("90");
            await page.Field("Rate unit").SelectOptionAsync("min");
            await page.Button("Apply").ClickAsync();
            await Expect(allotment.GetByRole(AriaRole.Status)).ToHaveTextAsync("Applied: rate 90/min.");
            await page.Field("Concurrency").FillAsync("0");
            await page.Button("Apply").ClickAsync();
            await Expect(page.Field("Concurrency")).ToHaveAttributeAsync("aria-invalid", "true");
        }, expectedComplaint: "status of 400");
        var control = await ControlAsync(host);
        Assert.Equal((8, "90/min"), (control.Concurrency, control.Rate.ToString()));
    }

    [Fact]
    public async Task AllotmentThatSomebodyElseChanged_IsNotOverwrittenUnseen()
    {
        await using var host = await StartGatedAsync();
        await browser.VisitAsync(host, "/runs/gated", async page =>
        {
            await Expect(page.Field("Concurrency")).ToHaveValueAsync("2");
            await page.Field("Concurrency").FillAsync("3");
            await host.Home.Fanout.Client.RetuneAsync("gated", new Retune(Concurrency: 6), CancellationToken.None);
            var news = page.Part("Allotment").GetByRole(AriaRole.Status);
            await Expect(news).ToContainTextAsync("Changed elsewhere meanwhile: concurrency is 6, rate unlimited.");
            await Expect(page.Field("Concurrency")).ToHaveValueAsync("3");
            await page.Button("Reset").ClickAsync();
            await Expect(page.Field("Concurrency")).ToHaveValueAsync("6");
        });
    }

    [Fact]
    public async Task RunIsCancelled_OnlyOnceThatIsConfirmed()
    {
        await using var host = await StartGatedAsync();
        await browser.VisitAsync(host, "/runs/gated", async page =>
        {
            await page.Button("Cancel…").ClickAsync();
            var dialog = page.Dialog("Cancel run gated?");
            await dialog.Button("Keep it running").ClickAsync();
            await dialog.IsClosedAsync();
            Assert.Null((await ControlAsync(host)).Stop);
            await page.Button("Cancel…").ClickAsync();
            await dialog.Button("Cancel the run").ClickAsync();
            await dialog.IsClosedAsync();
            await page.IsAsync("Cancelled");
            await Expect(page.Heading("gated")).ToBeFocusedAsync();
        });
        Assert.Equal(RunStatus.Cancelled, (await host.Home.Fanout.Client.GetAsync("gated", CancellationToken.None)).Status);
    }

    private static async Task<RunControl> ControlAsync(ServerHost host) => (await host.Home.Fanout.Client.GetAsync("gated", CancellationToken.None)).Control;

    // A run with two of its eight items in flight.
    private static async Task<ServerHost> StartGatedAsync()
    {
        var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", SpecText.Gated("gated"))).Is(System.Net.HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        return host;
    }
}
