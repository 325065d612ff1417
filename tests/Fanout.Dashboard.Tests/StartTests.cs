using System.Text;
using System.Text.Json;
using Fanout.Dashboard.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>Starting runs: from the form, from files.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class StartTests(Browser browser)
{
    private static readonly byte[] Lines = Encoding.UTF8.GetBytes("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");

    [Fact]
    public async Task FormThatIsFilledIn_ChecksAndStartsARun()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        await browser.VisitAsync(host, "/", async page =>
        {
            await page.Link("Start a run").ClickAsync();
            await Expect(page.Heading("Start a run")).ToBeVisibleAsync();
            await page.Field("Handler").SelectOptionAsync("echo");
            await page.Field("Source kind").SelectOptionAsync("range");
            await page.Field("Start").FillAsync("10");
            await page.Field("End").FillAsync("35");
            await page.Field("Concurrency").FillAsync("0");
            await page.Field("Run id").FillAsync("by-form");
            await page.Button("Start run").ClickAsync();
            await Expect(page.Field("Concurrency")).ToHaveAttributeAsync("aria-invalid", "true");
            await page.Field("Concurrency").FillAsync("4");
            await page.Button("Check").ClickAsync();
            await Expect(page.Tab.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "The spec is fine. The plan:", Exact = true })).ToBeVisibleAsync();
            await page.Button("Start run").ClickAsync();
            await Expect(page.Heading("by-form")).ToBeVisibleAsync();
            await page.IsAsync("Succeeded");
            await page.ProgressSaysAsync("25 of 25 items settled.");
        }, expectedComplaint: "status of 400");
        var run = await host.Home.Fanout.Client.GetAsync("by-form", CancellationToken.None);
        Assert.Equal((25, 4), (run.Report!.Tally.Succeeded, run.ReadAllotment().Concurrency));
    }

    [Fact]
    public async Task FileThatIsChosen_IsUploaded_AndWorked()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        await browser.VisitAsync(host, "/start", async page =>
        {
            var chooser = await page.Tab.RunAndWaitForFileChooserAsync(() => page.Button("Choose a file").ClickAsync());
            await chooser.SetFilesAsync(new FilePayload { Name = "Orders of May.jsonl", MimeType = "application/x-ndjson", Buffer = Lines });
            await StartUploadedAsync(page, "Orders of May.jsonl");
        });
        Assert.Equal(3, (await host.Home.Fanout.Client.GetAsync("by-file", CancellationToken.None)).Report!.Tally.Succeeded);
    }

    [Fact]
    public async Task FileThatIsDroppedOnAnyPage_IsUploaded_AndWorked()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        await browser.VisitAsync(host, "/limits", async page =>
        {
            await Expect(page.Heading("Limits")).ToBeVisibleAsync();
            var dropped = await page.Tab.EvaluateHandleAsync(
                """text => { const all = new DataTransfer(); all.items.add(new File([text], 'dropped.jsonl')); return all; }""", Encoding.UTF8.GetString(Lines));
            await page.Tab.DispatchEventAsync("main", "drop", new { dataTransfer = dropped });
            await Expect(page.Heading("Start a run")).ToBeVisibleAsync();
            await StartUploadedAsync(page, "dropped.jsonl");
        });
        Assert.Equal(3, (await host.Home.Fanout.Client.GetAsync("by-file", CancellationToken.None)).Report!.Tally.Succeeded);
    }

    [Fact]
    public async Task SpecThatIsChosen_FillsTheForm_AndTheSameRunStartsOnce()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        var spec = new FilePayload { Name = "spec.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(SpecText.Odd("by-spec", 6)) };
        await browser.VisitAsync(host, "/start", async page =>
        {
            for (var time = 0; time < 2; time++)
            {
                await page.OpenAsync("/start");
                var chooser = await page.Tab.RunAndWaitForFileChooserAsync(() => page.Button("Choose a file").ClickAsync());
                await chooser.SetFilesAsync(spec);
                await Expect(page.Field("Run id")).ToHaveValueAsync("by-spec");
                await Expect(page.Field("Handler")).ToHaveValueAsync("odd");
                await page.Button("Start run").ClickAsync();
                await Expect(page.Heading("by-spec")).ToBeVisibleAsync();
                await page.IsAsync("Completed with failures");
            }
        });
    }

    private static async Task StartUploadedAsync(DashboardPage page, string fileName)
    {
        await Expect(page.Tab.GetByText($"{fileName} is uploaded; it is the source now.", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await page.Field("Handler").SelectOptionAsync("echo");
        await page.Field("Run id").FillAsync("by-file");
        var source = JsonElement.Parse(await page.Field("Spec as JSON").InputValueAsync()).GetProperty("source");
        Assert.Equal("jsonl", source.GetProperty("kind").GetString());
        Assert.StartsWith("uploads/", source.GetProperty("path").GetString(), StringComparison.Ordinal);
        await page.Button("Start run").ClickAsync();
        await Expect(page.Heading("by-file")).ToBeVisibleAsync();
        await page.IsAsync("Succeeded");
    }
}
