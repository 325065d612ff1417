using Fanout.Api.Tests.Support;
using Fanout.Dashboard.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>Limits that runs share.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class LimitsTests(Browser browser)
{
    [Fact]
    public async Task LimitThatIsSet_IsShown_WithWhoHasWhatShareOfIt()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        await browser.VisitAsync(host, "/limits", async page =>
        {
            await page.Button("Set a limit…").ClickAsync();
            var dialog = page.Dialog("Set a limit");
            await dialog.Field("Name").FillAsync("crm");
            await dialog.Field("Concurrency").FillAsync("4");
            await dialog.Field("Rate").FillAsync("fast");
            await dialog.Button("Save the limit").ClickAsync();
            await Expect(dialog.Field("Rate")).ToHaveAttributeAsync("aria-invalid", "true");
            await dialog.Field("Rate").FillAsync("100/s");
            await dialog.Field("Burst").FillAsync("7");
            await dialog.Button("Save the limit").ClickAsync();
            await dialog.IsClosedAsync();
            await Expect(page.Part("crm")).ToContainTextAsync("4 in flight · 100/s, burst 7");

            (await host.Client.PostTextAsync("/api/runs", SpecText.Gated("gated", items: 20, concurrency: 10, limit: "crm"))).Is(System.Net.HttpStatusCode.Accepted);
            await host.Home.Entered.Task;
            var share = page.Named(AriaRole.Table, "Shares of crm").GetByRole(AriaRole.Row, new LocatorGetByRoleOptions { Name = "gated" });
            await Expect(share.GetByRole(AriaRole.Cell).Nth(0)).ToHaveTextAsync("100%");
            await Expect(share.GetByRole(AriaRole.Cell).Nth(1)).ToHaveTextAsync("4");
            await share.GetByRole(AriaRole.Link).ClickAsync();
            await Expect(page.Heading("gated")).ToBeVisibleAsync();
        }, expectedComplaint: "status of 400");
    }
}
