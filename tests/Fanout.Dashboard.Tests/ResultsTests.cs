using System.Text.Json;
using Fanout.Dashboard.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>A run that has ended: its failures, its results, and what can be done with it.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class ResultsTests(Browser browser)
{
    private const int Items = 240;

    [Fact]
    public async Task Failures_AreLookedThrough_FromTheirKindToEachOfThem()
    {
        await using var host = await StartEndedAsync();
        await browser.VisitAsync(host, "/runs/odd", async page =>
        {
            var items = page.Named(AriaRole.List, "Items").GetByRole(AriaRole.Listitem);
            var place = page.Part("Results").GetByRole(AriaRole.Status);
            var kinds = page.Named(AriaRole.List, "Errors by kind").GetByRole(AriaRole.Listitem);
            await page.IsAsync("Completed with failures");
            await Expect(page.Part("Errors")).ToContainTextAsync("120 items did not succeed.");
            await Expect(kinds).ToHaveCountAsync(1);

            // What did not succeed, at first: items 0, 2, 4 and so on.
            await Expect(page.Field("Outcome")).ToHaveValueAsync("Failed,TimedOut,Cancelled");
            await Expect(place).ToHaveTextAsync("50 items, index 0 to 98");
            await Expect(page.Button("Previous items")).ToBeDisabledAsync();
            await page.Button("Next items").ClickAsync();
            await Expect(place).ToHaveTextAsync("50 items, index 100 to 198");
            await page.Button("Next items").ClickAsync();
            await Expect(place).ToHaveTextAsync("20 items, index 200 to 238");
            await Expect(page.Button("Next items")).ToBeDisabledAsync();
            await page.Button("Previous items").ClickAsync();
            await Expect(place).ToHaveTextAsync("50 items, index 100 to 198");

            await page.Field("Outcome").SelectOptionAsync("Succeeded");
            await Expect(place).ToHaveTextAsync("50 items, index 1 to 99");
            await page.Field("Item index").FillAsync("201");
            await page.Button("Go").ClickAsync();
            await Expect(place).ToHaveTextAsync("20 items, index 201 to 239");
            await items.First.GetByText("201", new LocatorGetByTextOptions { Exact = true }).First.ClickAsync();
            await Expect(page.Part("Output of item 201")).ToHaveTextAsync("201");

            // From a kind of error to an item that shows it.
            await kinds.First.GetByRole(AriaRole.Link).ClickAsync();
            var shown = page.Tab.GetByRole(AriaRole.Region, new PageGetByRoleOptions { NameRegex = new("^Error of item \\d+$") });
            await Expect(shown).ToContainTextAsync("is even");
            await Expect(page.Field("Outcome")).ToHaveValueAsync("");
        });
    }

    [Fact]
    public async Task Results_AreDownloaded_AllOrThoseThatAreShown()
    {
        await using var host = await StartEndedAsync();
        await browser.VisitAsync(host, "/runs/odd", async page =>
        {
            await Expect(page.Part("Results").GetByRole(AriaRole.Status)).ToContainTextAsync("50 items");
            var failures = await page.DownloadAsync(page.Link("Download failures"));
            Assert.Equal(Items / 2, LinesOf(failures.Text).Count);
            Assert.All(LinesOf(failures.Text), line => Assert.Equal("Failed", line.GetProperty("status").GetString()));
            await page.Field("Outcome").SelectOptionAsync("");
            await Expect(page.Part("Results").GetByRole(AriaRole.Status)).ToHaveTextAsync("50 items, index 0 to 49");
            var all = await page.DownloadAsync(page.Link("Download these"));
            Assert.Equal(("odd.jsonl", Items), (all.Name, LinesOf(all.Text).Count));
        });
    }

    [Fact]
    public async Task WhatDidNotSucceed_IsRedriven_AsAnotherRun()
    {
        await using var host = await StartEndedAsync();
        await browser.VisitAsync(host, "/runs/odd", async page =>
        {
            await page.Button("Redrive…").ClickAsync();
            var dialog = page.Dialog("Redrive run odd");
            await dialog.Field("Which items").SelectOptionAsync("failed");
            await dialog.Field("Only errors containing").FillAsync("is even");
            await dialog.Field("Concurrency").FillAsync("0");
            await dialog.Field("New run id").FillAsync("odd-again");
            await dialog.Button("Start the redrive").ClickAsync();
            await Expect(dialog.Field("Concurrency")).ToHaveAttributeAsync("aria-invalid", "true");
            await dialog.Field("Concurrency").FillAsync("3");
            await dialog.Button("Start the redrive").ClickAsync();
            await Expect(page.Heading("odd-again")).ToBeVisibleAsync();
            await page.ProgressSaysAsync("120 of 120 items settled.");
        }, expectedComplaint: "status of 400");
        var run = await host.Home.Fanout.Client.GetAsync("odd-again", CancellationToken.None);
        Assert.Equal((120, 3), (run.Report!.Tally.Failed, run.ReadAllotment().Concurrency));
    }

    [Fact]
    public async Task RunIsDeleted_OnlyOnceThatIsConfirmed()
    {
        await using var host = await StartEndedAsync();
        await browser.VisitAsync(host, "/runs/odd", async page =>
        {
            await page.Button("Delete…").ClickAsync();
            var dialog = page.Dialog("Delete run odd?");
            await dialog.Button("Keep it").ClickAsync();
            await dialog.IsClosedAsync();
            await page.Button("Delete…").ClickAsync();
            await dialog.Button("Delete the run").ClickAsync();
            await Expect(page.Heading("Runs")).ToBeVisibleAsync();
            await Expect(page.Tab.GetByText("No runs yet.")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Runs_AreFiltered_AndFoundById()
    {
        await using var host = await StartEndedAsync();
        await browser.VisitAsync(host, "/", async page =>
        {
            var table = page.Named(AriaRole.Table, "Runs");
            await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
            await page.Field("Status").SelectOptionAsync("Cancelled");
            await Expect(page.Tab.GetByText("No runs here.", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await page.Field("Status").SelectOptionAsync("CompletedWithFailures");
            await Expect(page.Link("odd")).ToBeVisibleAsync();
            var find = page.Named(AriaRole.Search, "Find a run");
            await find.GetByLabel("Run id", new LocatorGetByLabelOptions { Exact = true }).FillAsync("none");
            await page.Button("Open").ClickAsync();
            await Expect(find).ToContainTextAsync("none");
            await Expect(page.Field("Run id")).ToHaveAttributeAsync("aria-invalid", "true");
            await page.Field("Run id").FillAsync("odd");
            await page.Button("Open").ClickAsync();
            await Expect(page.Heading("odd")).ToBeVisibleAsync();
        }, expectedComplaint: "status of 404");
    }

    private static List<JsonElement> LinesOf(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    // A run that has ended: of its items every second one failed.
    private static async Task<ServerHost> StartEndedAsync()
    {
        var host = await ServerHost.StartAsync();
        await host.Home.RunAsync(SpecText.Odd("odd", Items));
        return host.Drive();
    }
}
