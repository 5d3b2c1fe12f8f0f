using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

public sealed class TemplateTests
{
    private const string Head = """
        Parameters:
          Name: { Type: String, Default: tiketi }
          Count: { Type: Number, Default: 3 }
          Zones: { Type: CommaDelimitedList, Default: "a, b,c" }
          Empty: { Type: String, Default: "" }
        Mappings:
          Sizes:
            ap-northeast-2: { small: t3.small, list: [x, y] }
        Conditions:
          Yes: !Equals [!Ref Name, tiketi]
          No: !Not [!Condition Yes]
          ThreeAsText: !Equals [!Ref Count, "3"]
          Both: !And [!Condition Yes, !Condition ThreeAsText]
          Either: !Or [!Condition No, !Condition Yes]
        Resources:
          Thing: { Type: Test::Fake::Thing }

        """;

    [Theory]
    [InlineData("!Ref Name", "\"tiketi\"")]
    [InlineData("!Ref Count", "3")]
    [InlineData("!Ref Zones", "[\"a\",\"b\",\"c\"]")]
    [InlineData("!Ref AWS::Region", "\"ap-northeast-2\"")]
    [InlineData("!Ref \"AWS::AccountId\"", "\"000000000000\"")]
    [InlineData("!Ref AWS::URLSuffix", "\"amazonaws.com\"")]
    [InlineData("!Ref Thing", "\"thing-1\"")]
    [InlineData("!GetAtt Thing.Endpoint.Address", "\"thing.fake\"")]
    [InlineData("{ \"Fn::GetAtt\": [Thing, Arn] }", "\"arn:thing\"")]
    [InlineData("{ \"Fn::GetAtt\": Thing.Arn }", "\"arn:thing\"")]
    [InlineData("!Sub \"${Name}-${AWS::Region}-${Thing}-${Thing.Arn}-${!Literal}-${Count}\"", "\"tiketi-ap-northeast-2-thing-1-arn:thing-${Literal}-3\"")]
    [InlineData("!Sub [\"${Own}-${Name}\", { Own: !Select [1, !Ref Zones] }]", "\"b-tiketi\"")]
    [InlineData("!Join [\"/\", [a, !Ref Name, 2]]", "\"a/tiketi/2\"")]
    [InlineData("!Join [\"\", !Ref Zones]", "\"abc\"")]
    [InlineData("!Select [\"2\", !Ref Zones]", "\"c\"")]
    [InlineData("!Split [\",\", \"a,b\"]", "[\"a\",\"b\"]")]
    [InlineData("!Select [0, !Split [\"/\", \"host:1/x/y\"]]", "\"host:1\"")]
    [InlineData("!FindInMap [Sizes, !Ref AWS::Region, small]", "\"t3.small\"")]
    [InlineData("!FindInMap [Sizes, ap-northeast-2, list]", "[\"x\",\"y\"]")]
    [InlineData("!If [Yes, 1, 2]", "1")]
    [InlineData("!If [No, 1, 2]", "2")]
    [InlineData("!If [Both, both, not]", "\"both\"")]
    [InlineData("!If [Either, either, not]", "\"either\"")]
    [InlineData("[a, !If [No, b, !Ref AWS::NoValue], c]", "[\"a\",\"c\"]")]
    [InlineData("{ a: 1, b: !Ref AWS::NoValue }", "{\"a\":1}")]
    [InlineData("!ImportValue { \"Fn::Sub\": \"${Name}-export\" }", "\"exported\"")]
    [InlineData("!Base64 hello", "\"aGVsbG8=\"")]
    [InlineData("!Cidr [10.0.0.0/16, 3, 8]", "[\"10.0.0.0/24\",\"10.0.1.0/24\",\"10.0.2.0/24\"]")]
    [InlineData("!GetAZs ''", "[\"ap-northeast-2a\",\"ap-northeast-2b\",\"ap-northeast-2c\",\"ap-northeast-2d\"]")]
    [InlineData("!Select [1, !GetAZs us-east-1]", "\"us-east-1b\"")]
    [InlineData("{ Condition: { Bool: { aws:SecureTransport: \"false\" } } }", "{\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}")]
    [InlineData("\"{{resolve:secretsmanager:x}}\"", "\"{{resolve:secretsmanager:x}}\"")]
    public void Functions_evaluate_as_in_AWS(string expression, string expected) =>
        Evaluate(expression)!.ToJsonString(Relaxed).Should().Be(expected);

    [Theory]
    [InlineData("!Select [3, !Ref Zones]", "Template error: Fn::Select cannot select nonexistent value at index 3")]
    [InlineData("!FindInMap [Sizes, us-east-1, small]", "Template error: Unable to get mapping for Sizes::us-east-1::small")]
    [InlineData("!ImportValue missing", "No export named missing found.")]
    [InlineData("!GetAtt Thing.Nothing", "Template error: resource Thing does not support attribute type Nothing in Fn::GetAtt*")]
    [InlineData("!Join [a]", "Template error: every Fn::Join object requires two parameters*")]
    [InlineData("!Transform x", "Template error: unsupported function: Fn::Transform")]
    [InlineData("!Cidr [10.0.0.0/28, 3, 8]", "Template error: Fn::Cidr cannot make 3 blocks*")]
    public void Mistakes_are_named_as_in_AWS(string expression, string message) =>
        ((Action)(() => Evaluate(expression))).Should().Throw<QueryException>().WithMessage(message).Which.Code.Should().Be("ValidationError");

    [Theory]
    [InlineData("Resources: {}", "Template format error: At least one Resources member must be defined.")]
    [InlineData("Resources: { A: { Type: No::Such::Type } }", "Template format error: Unrecognized resource types: [No::Such::Type]")]
    [InlineData("Resources: { A: {} }", "Template format error: [/Resources/A] Every Resources object must contain a Type member.")]
    [InlineData("Resources: { a-b: { Type: Test::Fake::Thing } }", "Template format error: Resource name a-b is non alphanumeric.")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing, Properties: { X: !Ref B } } }", "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing, DependsOn: B } }", "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing, Condition: C } }", "Template format error: Unresolved condition dependency C in the Resources block of the template")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing, Properties: { X: !Ref B } }, B: { Type: Test::Fake::Thing, DependsOn: A } }", "Circular dependency between resources: [A, B]")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing, Properties: { X: } } }", "Template format error: [/Resources/A/Properties/X] 'null' values are not allowed in templates")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing } }\nOutputs: { O: { Value: !Ref Gone } }", "Template format error: Unresolved resource dependencies [Gone] in the Outputs block of the template")]
    [InlineData("Resources: { A: { Type: Test::Fake::Thing } }\nStuff: 1", "Invalid template property or properties [Stuff]")]
    [InlineData("Resources: [", "Template format error: YAML not well-formed. (line 2, column 1)")]
    [InlineData("{ \"Resources\": ", "Template format error: JSON not well-formed. (line 1, column 16)")]
    [InlineData("Resources: &x { A: *x }", "Template format error: YAML aliases are not allowed in CloudFormation templates (line 1)")]
    [InlineData("Parameters: { P: { Default: 1 } }\nResources: { A: { Type: Test::Fake::Thing } }", "Template format error: Every Parameters object must contain a Type member.")]
    public void A_wrong_template_is_refused(string body, string message)
    {
        var parse = () => TemplateValidation.Validate(Template.Parse(body), type => type == "Test::Fake::Thing");
        parse.Should().Throw<QueryException>().WithMessage(message);
    }

    [Theory]
    [InlineData("{ Type: String, AllowedValues: [a, b] }", "c", "Parameter 'P' must be one of AllowedValues")]
    [InlineData("{ Type: String, AllowedPattern: \"[a-z]+\" }", "A1", "Parameter 'P' must match pattern [a-z]+")]
    [InlineData("{ Type: String, AllowedPattern: \"[a-z]+\", ConstraintDescription: letters only }", "A1", "Parameter 'P' failed to satisfy constraint: letters only")]
    [InlineData("{ Type: String, MinLength: 3 }", "ab", "Parameter 'P' must contain at least 3 characters")]
    [InlineData("{ Type: Number, MinValue: 1 }", "0", "Parameter 'P' must be a number not less than 1")]
    [InlineData("{ Type: Number, MaxValue: 6 }", "7", "Parameter 'P' must be a number not greater than 6")]
    [InlineData("{ Type: Number }", "many", "Parameter 'P' must be a number")]
    public void A_parameter_keeps_its_rules(string definition, string value, string message)
    {
        var template = Template.Parse($"Parameters:\n  P: {definition}\nResources: {{ A: {{ Type: T }} }}");
        template.Parameters[0].Invoking(parameter => parameter.Check(value)).Should().Throw<QueryException>().WithMessage(message);
    }

    [Fact]
    public void A_template_in_JSON_means_the_same_as_one_in_YAML()
    {
        var yaml = Template.Parse("Resources:\n  A:\n    Type: T\n    Properties: { N: 1, T: \"1\", B: true, Id: 000000000000, R: !GetAtt X.Y.Z }");
        var json = Template.Parse("""{ "Resources": { "A": { "Type": "T", "Properties": { "N": 1, "T": "1", "B": true, "Id": "000000000000", "R": { "Fn::GetAtt": ["X", "Y.Z"] } } } } }""");
        JsonNode.DeepEquals(yaml.Resources["A"].Properties, json.Resources["A"].Properties).Should().BeTrue();
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonNode? Evaluate(string expression)
    {
        var template = Template.Parse(Head + "Metadata:\n  X: " + expression);
        var scope = new EvaluationScope(
            template,
            template.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToNode(parameter.Default!), StringComparer.Ordinal),
            new PseudoParameters("ap-northeast-2", "stack", "arn:stack", []),
            name => name == "Thing" ? "thing-1" : null,
            (name, attribute) => (name, attribute) switch { ("Thing", "Arn") => "arn:thing", ("Thing", "Endpoint.Address") => "thing.fake", _ => null },
            name => name == "tiketi-export" ? "exported" : null);
        return new Evaluator(scope).Evaluate(template.Metadata!["X"]);
    }
}
