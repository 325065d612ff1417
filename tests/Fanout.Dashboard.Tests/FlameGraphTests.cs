using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fanout.Dashboard.Tests.Support;
using Fanout.Diagnostics;
using Fanout.Diagnostics.Stacks;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests;

/// <summary>The flame graph that <c>profile</c> writes, opened from the disk.</summary>
[Collection(BrowserCollection.Name)]
[Trait("Category", Categories.Chromium)]
public sealed class FlameGraphTests(Browser browser) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-flame-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public Task Keys_MoveAndZoom() => VisitAsync(async page =>
    {
        await Frame(page, "all").FocusAsync();
        await page.Tab.Keyboard.PressAsync("ArrowDown");
        await Expect(Frame(page, "Pool.Dispatch")).ToBeFocusedAsync();
        await page.Tab.Keyboard.PressAsync("ArrowDown");
        await Expect(Frame(page, "Shop.Charge.HandleAsync")).ToBeFocusedAsync();
        await page.Tab.Keyboard.PressAsync("ArrowRight");
        await Expect(Frame(page, "Shop.Log.Write")).ToBeFocusedAsync();
        await page.Tab.Keyboard.PressAsync("ArrowLeft");
        await page.Tab.Keyboard.PressAsync("Enter");
        await Expect(Frame(page, "Shop.Log.Write")).ToHaveCountAsync(0);
        await Expect(Frame(page, "Shop.Charge.HandleAsync")).ToBeFocusedAsync();
        await Expect(page.Button("Zoom out")).ToBeEnabledAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Status).Filter(new LocatorFilterOptions { HasText = "HandleAsync: 700 samples, 70.0%" })).ToBeVisibleAsync();
        await page.Tab.Keyboard.PressAsync("Escape");
        await Expect(Frame(page, "Shop.Log.Write")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Search_SaysHowMuchItFinds() => VisitAsync(async page =>
    {
        await page.Tab.Keyboard.PressAsync("/");
        await Expect(page.Field("Search")).ToBeFocusedAsync();
        await page.Tab.Keyboard.TypeAsync("CHARGE");
        await Expect(page.Tab.Locator("#found")).ToHaveTextAsync("2 frames, 70.0%");
        await Expect(page.Tab.Locator(".frame.found")).ToHaveCountAsync(2);
        await page.Tab.Keyboard.PressAsync("Escape");
        await Expect(page.Tab.Locator(".frame.found")).ToHaveCountAsync(0);
        await page.Button("Shop.Log.Write").Last.ClickAsync();
        await Expect(page.Field("Search")).ToHaveValueAsync("Shop.Log.Write");
        await Expect(page.Tab.Locator("#found")).ToHaveTextAsync("1 frame, 30.0%");
    });

    [Fact]
    public Task Widths_AreInProportion() => VisitAsync(async page =>
    {
        var (all, handle, write) = (await WidthAsync(page, "all"), await WidthAsync(page, "Shop.Charge.HandleAsync"), await WidthAsync(page, "Shop.Log.Write"));
        Assert.InRange(handle / all, 0.69, 0.71);
        Assert.InRange(write / all, 0.29, 0.31);
    });

    [Theory]
    [InlineData(ColorScheme.Light, 400)]
    [InlineData(ColorScheme.Light, 1600)]
    [InlineData(ColorScheme.Dark, 400)]
    [InlineData(ColorScheme.Dark, 1600)]
    public Task Page_HasNoViolations(ColorScheme theme, int width) => VisitAsync(
        async page =>
        {
            await page.Field("Search").FillAsync("Shop.Log");
            await Frame(page, "Pool.Dispatch").ClickAsync();
            if (Environment.GetEnvironmentVariable("FANOUT_SCREENSHOTS") is { Length: > 0 } pictures)
                await page.Tab.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, $"flame-{theme}-{width}.png"), FullPage = true });
            var found = await page.Tab.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
            Assert.True(found.Violations.Length == 0, string.Join("; ", found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} at {node.Target}: {violation.Help}"))));
            Assert.True(await page.Tab.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "It is wider than the window.");
        },
        new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new ViewportSize { Width = width, Height = 800 } });

    private async Task VisitAsync(Func<DashboardPage, Task> visit, BrowserNewContextOptions? context = null)
    {
        var tree = new FlameTree();
        tree.Add(["Pool.Dispatch", "Shop.Charge.HandleAsync", "Shop.Charge.Sign"], 400);
        tree.Add(["Pool.Dispatch", "Shop.Charge.HandleAsync"], 300);
        tree.Add(["Pool.Dispatch", "Shop.Log.Write"], 300);
        var path = Path.Combine(_directory.FullName, "flame.html");
        await File.WriteAllTextAsync(path, FlameGraphPage.Create(new Profile(ProfileKind.Cpu, tree, 1_000, 0, TimeSpan.FromSeconds(10)), "run nightly: cpu"));
        await browser.VisitFileAsync(path, visit, context);
    }

    private static ILocator Frame(DashboardPage page, string name) => page.Tab.Locator($".frame[aria-label^=\"{name}: \"]");

    private static async Task<float> WidthAsync(DashboardPage page, string name) => (await Frame(page, name).BoundingBoxAsync())!.Width;
}
