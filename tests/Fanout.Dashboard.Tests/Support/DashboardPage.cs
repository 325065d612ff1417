using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fanout.Dashboard.Tests.Support;

/// <summary>The dashboard in a tab, found through the names that people and screen readers know its parts by.</summary>
public sealed class DashboardPage
{
    private readonly Uri _server;

    internal DashboardPage(IPage tab, Uri server)
    {
        Tab = tab;
        _server = server;
        // Violations of the content security policy are errors of the console too.
        tab.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        tab.PageError += (_, error) => Complaints.Enqueue($"exception: {error}");
    }

    public IPage Tab { get; }

    /// <summary>What the browser complained of: errors and warnings of the console, exceptions nobody caught.</summary>
    internal ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Loads the dashboard anew, there.</summary>
    public async Task OpenAsync(string place) => await Tab.GotoAsync(new Uri(_server, $"/dashboard/#{place}").AbsoluteUri);

    public ILocator Named(AriaRole role, string name) => Tab.GetByRole(role, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Button(string name) => Named(AriaRole.Button, name);

    public ILocator Link(string name) => Named(AriaRole.Link, name);

    public ILocator Field(string label) => Tab.GetByLabel(label, new PageGetByLabelOptions { Exact = true });

    /// <summary>The page that is shown: its heading.</summary>
    public ILocator Heading(string name) => Tab.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Exact = true, Level = 1 });

    /// <summary>A part of the page, by its heading.</summary>
    public ILocator Part(string name) => Named(AriaRole.Region, name);

    public Dialog Dialog(string name) => new(Named(AriaRole.Dialog, name));

    /// <summary>Waits until the run shown says how it stands.</summary>
    public Task IsAsync(string status) => Expect(Tab.Locator(".run-head .badge")).ToHaveTextAsync(status);

    public Task ProgressSaysAsync(string words) => Expect(Part("Progress")).ToContainTextAsync(words);

    /// <summary>Does something, and has what the browser downloads for it.</summary>
    public async Task<(string Name, string Text)> DownloadAsync(ILocator link)
    {
        var download = await Tab.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Null(await download.FailureAsync());
        return (download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync()));
    }
}

/// <summary>A dialog.</summary>
/// <param name="Element">It.</param>
public sealed record Dialog(ILocator Element)
{
    public ILocator Button(string name) => Element.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true });

    public ILocator Field(string label) => Element.GetByLabel(label, new LocatorGetByLabelOptions { Exact = true });

    /// <summary>Waits until it is closed.</summary>
    public Task IsClosedAsync() => Expect(Element).ToHaveCountAsync(0);
}
