using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fanout.Api.Tests.Support;
using Fanout.Dashboard.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>What axe-core (https://github.com/dequelabs/axe-core) finds on the pages, in both themes, on a phone and on a desk.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class AccessibilityTests(Browser browser)
{
    // Where, and what shows that it is all there.
    private static readonly (string Name, string Place, Func<DashboardPage, Task> IsThere)[] Pages =
    [
        ("runs", "/", page => Expect(page.Link("odd")).ToBeVisibleAsync()),
        ("live", "/runs/gated", async page =>
        {
            await Expect(page.Tab.GetByText("Live", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await Expect(page.Part("What is it waiting for?")).ToContainTextAsync("%");
        }),
        ("ended", "/runs/odd", async page =>
        {
            await Expect(page.Part("Results").GetByRole(AriaRole.Status)).ToContainTextAsync("50 items");
            await page.Named(AriaRole.List, "Items").GetByRole(AriaRole.Listitem).First.Locator("summary").ClickAsync();
            await Expect(page.Part("Error of item 0")).ToBeVisibleAsync();
            await page.Named(AriaRole.List, "Branches").Locator("summary").First.ClickAsync();
        }),
        ("limits", "/limits", page => Expect(page.Named(AriaRole.Table, "Shares of crm")).ToBeVisibleAsync()),
        ("start", "/start", page => Expect(page.Field("Spec as JSON")).ToBeVisibleAsync()),
    ];

    [Theory]
    [InlineData(ColorScheme.Light, 400)]
    [InlineData(ColorScheme.Light, 1600)]
    [InlineData(ColorScheme.Dark, 400)]
    [InlineData(ColorScheme.Dark, 1600)]
    public async Task Pages_HaveNoViolations(ColorScheme theme, int width)
    {
        await using var host = await StartAsync();
        var context = new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new ViewportSize { Width = width, Height = 1000 } };
        await browser.VisitAsync(host, "/", async page =>
        {
            foreach (var (name, place, isThere) in Pages)
            {
                await page.OpenAsync(place);
                await isThere(page);
                var found = await page.Tab.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
                Assert.True(found.Violations.Length == 0, $"{name}: {string.Join("; ", found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} at {node.Target}: {violation.Help}")))}");
                Assert.True(await page.Tab.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than the window.");
            }
        }, context: context);
    }

    // A run that has ended with failures, and one that goes on under a limit.
    private static async Task<ServerHost> StartAsync()
    {
        var host = await ServerHost.StartAsync();
        await host.Home.RunAsync(SpecText.Odd("odd", 240));
        host.Drive();
        (await host.Client.SendAsync(HttpMethod.Put, "/api/limits/crm", """{"concurrency":5,"rate":"100/s"}""")).Is(System.Net.HttpStatusCode.OK);
        (await host.Client.PostTextAsync("/api/runs", SpecText.Gated("gated", items: 20, concurrency: 10, limit: "crm"))).Is(System.Net.HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        return host;
    }
}
