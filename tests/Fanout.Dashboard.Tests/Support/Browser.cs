using System.Reflection;
using Fanout.Server.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Fanout.Dashboard.Tests.Support;

/// <summary>A headless Chromium that all tests share; each has a context of its own in it.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>How long the page may take for anything, in milliseconds: much, for machines that have much else to do.</summary>
    public const float PatienceMs = 30_000;

    private IPlaywright _playwright = null!;
    private IBrowser _chromium = null!;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        var path = typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ChromiumPath").Value;
        // --no-sandbox: Chromium refuses to start as root, which containers of CI are, with one.
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Headless = true, Args = ["--no-sandbox"] });
    }

    /// <summary>Opens the dashboard of a server, and holds the page to what holds for every visit: it complains of nothing.</summary>
    /// <param name="host">The server.</param>
    /// <param name="place">What is behind <c>#</c> in the address, such as <c>/limits</c>.</param>
    /// <param name="visit">What is done there.</param>
    /// <param name="expectedComplaint">What the browser is to say at least once, and may say without the test failing: of answers that are refusals. Null: nothing.</param>
    /// <param name="context">What the browser is like; null: as it comes.</param>
    public async Task VisitAsync(ServerHost host, string place, Func<DashboardPage, Task> visit, string? expectedComplaint = null, BrowserNewContextOptions? context = null)
    {
        await using var own = await _chromium.NewContextAsync(context);
        own.SetDefaultTimeout(PatienceMs);
        var page = new DashboardPage(await own.NewPageAsync(), new Uri(host.Server.Urls[0]));
        await page.OpenAsync(place);
        await visit(page);
        Assert.DoesNotContain(page.Complaints, complaint => expectedComplaint is null || !complaint.Contains(expectedComplaint, StringComparison.Ordinal));
        if (expectedComplaint is not null)
            Assert.NotEmpty(page.Complaints);
    }

    /// <summary>Opens a page that is a file, and holds it to complaining of nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="visit">What is done there.</param>
    /// <param name="context">What the browser is like; null: as it comes.</param>
    public async Task VisitFileAsync(string path, Func<DashboardPage, Task> visit, BrowserNewContextOptions? context = null)
    {
        await using var own = await _chromium.NewContextAsync(context);
        own.SetDefaultTimeout(PatienceMs);
        var page = new DashboardPage(await own.NewPageAsync(), new Uri(path));
        await page.Tab.GotoAsync(new Uri(path).AbsoluteUri);
        await visit(page);
        Assert.Empty(page.Complaints);
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>The tests that share the browser: all of them, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "Browser";
}
