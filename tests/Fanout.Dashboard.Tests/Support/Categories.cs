namespace Fanout.Dashboard.Tests.Support;

/// <summary>Names for <c>[Trait("Category", …)]</c>.</summary>
internal static class Categories
{
    /// <summary>A class whose tests need Chromium; without it they are left out.</summary>
    public const string Chromium = "Chromium";
}
