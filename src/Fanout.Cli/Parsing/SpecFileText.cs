using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fanout.Cli.Parsing;

/// <summary>Reads the document behind <c>--spec</c>; comments and trailing commas are fine.</summary>
internal static class SpecFileText
{
    private const string StandardInput = "-";
    private const long LongestBytes = 2 << 20;

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The document.</summary>
    /// <exception cref="UsageException">There is no such file, or it is not a JSON object.</exception>
    public static JsonObject Read(string file, TextReader input)
    {
        try
        {
            var text = file == StandardInput ? input.ReadToEnd() : ReadFile(file);
            return JsonNode.Parse(text, documentOptions: Options) as JsonObject
                ?? throw new UsageException($"{file}: is not a JSON object. Write a spec such as {{\"handler\": …, \"source\": …}}.");
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{file}: is not JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"--spec: there is no file {file}. Check the path; it is relative to {Environment.CurrentDirectory}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--spec: {file} cannot be read: {exception.Message}");
        }
    }

    private static string ReadFile(string file) =>
        new FileInfo(file).Length <= LongestBytes
            ? File.ReadAllText(file)
            : throw new UsageException($"--spec: {file} is longer than a spec may be (2 MiB). Give items with a source flag, such as --jsonl {file}.");
}
