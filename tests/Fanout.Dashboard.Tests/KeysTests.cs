using Fanout.Api;
using Fanout.Dashboard.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>Servers with keys.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class KeysTests(Browser browser)
{
    [Fact]
    public async Task ServerWithKeys_IsShown_ToWhoHasOne()
    {
        var key = "";
        await using var host = (await ServerHost.StartAsync(home => key = ServerHost.AddKey(home, "ci", ApiRole.Operate))).Drive();
        await browser.VisitAsync(host, "/", async page =>
        {
            var dialog = page.Dialog("Sign in");
            await dialog.Field("Key").FillAsync("wrong");
            await dialog.Button("Sign in").ClickAsync();
            await Expect(dialog.Element).ToContainTextAsync("The key was not accepted.");
            await dialog.Field("Key").FillAsync(key);
            await dialog.Button("Sign in").ClickAsync();
            await dialog.IsClosedAsync();
            await Expect(page.Heading("Runs")).ToBeVisibleAsync();

            // Starting, following events and downloading need it too.
            await page.Link("Start a run").ClickAsync();
            await page.Field("Handler").SelectOptionAsync("echo");
            await page.Field("Run id").FillAsync("by-key");
            await page.Button("Start run").ClickAsync();
            await Expect(page.Heading("by-key")).ToBeVisibleAsync();
            await page.IsAsync("Succeeded");
            Assert.DoesNotContain(key, page.Tab.Url, StringComparison.Ordinal);

            await page.Button("Sign out").ClickAsync();
            await Expect(page.Heading("Signed out")).ToBeVisibleAsync();
            await Expect(page.Button("Sign in")).ToBeVisibleAsync();
        }, expectedComplaint: "status of 401");
    }
}
