using Fanout.Planning.Costs;

namespace Fanout.Cli.Parsing;

/// <summary>Reads the file behind <c>--prices</c>; comments and trailing commas are fine.</summary>
internal static class PriceFile
{
    private const long LongestBytes = 64 << 10;

    /// <summary>The built-in prices with those of the file in their place.</summary>
    /// <exception cref="UsageException">There is no such file, or something in it is wrong: all of that is said, a line each.</exception>
    public static PriceList Read(string file, string programName)
    {
        try
        {
            return PriceList.Read(ReadText(file));
        }
        catch (SpecException refused)
        {
            var errors = refused.Errors.Select(error => error.ToString(error.Pointer.Length == 0 ? file : $"{file}: {error.Pointer}"));
            throw new UsageException(string.Join($"{Environment.NewLine}{programName}: ", errors));
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return new FileInfo(file).Length <= LongestBytes
                ? File.ReadAllText(file)
                : throw new UsageException($"--prices: {file} is longer than prices may be (64 KiB). Leave out what is not a price.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"--prices: there is no file {file}. Check the path; it is relative to {Environment.CurrentDirectory}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--prices: {file} cannot be read: {exception.Message} Give a JSON file.");
        }
    }
}
